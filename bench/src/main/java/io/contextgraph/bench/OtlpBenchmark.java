// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.Posts;
import io.contextgraph.bench.load.SpanRequests;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.Neo4jServer;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.bench.server.ServerProcess;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Spans over OTLP/HTTP, as exporters send them, beside the ceiling with what spans become. */
final class OtlpBenchmark {
    /** What the processors of the SDKs send at once. */
    private static final int BATCH = 512;

    private static final int CONNECTIONS = 8;

    /** Requests for each measurement of the ceiling. */
    private static final int CEILING = 100;

    private static final int WARM_UP = 100;

    /**
     * What to measure with.
     *
     * @param engine how events are indexed
     * @param before how many events the ledger has for the ceiling; a server has warmed up on as many
     * @param time of each row
     */
    record Options(Engine engine, int before, Duration time) {}

    private record Row(String what, int connections, Load.Result result, Usage.Micros used) {}

    private final Options options;

    OtlpBenchmark(Options options) {
        this.options = options;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        List<byte[]> some = IntStream.range(0, CEILING)
                .mapToObj(i -> SpanRequests.request((long) i * BATCH, BATCH))
                .toList();
        double bytes = some.stream().mapToInt(body -> body.length).average().orElseThrow() / BATCH;
        AppendCalls calls = AppendCalls.recordSpans(options.engine(), some, CEILING * BATCH, options.before());
        CeilingBenchmark.Run before = CeilingBenchmark.replay(calls);
        List<Row> rows = new ArrayList<>();
        for (int connections : List.of(1, CONNECTIONS)) {
            rows.add(alone(connections, setting));
        }
        CeilingBenchmark.Run after = CeilingBenchmark.replay(calls);
        rows.add(beside(setting));
        double ceiling = (before.rate() + after.rate()) / 2;
        Row measured = rows.get(1);
        return new Report(
                "bench/run otlp",
                setting,
                List.of(table(rows, ceiling, bytes)),
                List.of(Figure.atLeast(
                        "spans over OTLP/HTTP in batches of 512 at 8 connections, of the ceiling",
                        60,
                        100 * measured.result().eventsPerSecond() / ceiling,
                        "%.0f%%")));
    }

    private Row alone(int connections, Map<String, String> setting) throws Exception {
        try (RedisServer redis = RedisServer.start();
                ServerProcess server = ServerProcess.start(redis.url(), options.engine(), List.of())) {
            setting.put(
                    "redis", redis.describe() + ", engine " + options.engine().configName());
            return row("protobuf", connections, server, redis);
        }
    }

    private Row beside(Map<String, String> setting) throws Exception {
        try (RedisServer redis = RedisServer.start();
                Neo4jServer neo4j = Neo4jServer.start();
                Neo4jGraph graph = neo4j.graph();
                ServerProcess server = ServerProcess.start(
                        redis.url(), options.engine(), new ServerProcess.Graph(neo4j.address(), true), List.of())) {
            setting.put("neo4j", graph.health().version());
            return row("protobuf, beside the projection", CONNECTIONS, server, redis);
        }
    }

    private Row row(String what, int connections, ServerProcess server, RedisServer redis) throws Exception {
        AtomicLong numbers = new AtomicLong();
        List<byte[]> first = bodies(0, Math.max(WARM_UP, options.before() / BATCH));
        long begun = System.nanoTime();
        Load.all(CONNECTIONS, first.size(), BATCH, step(server.address(), first, 0), numbers);
        double perSecond = (double) first.size() / Math.max(1e-3, (System.nanoTime() - begun) / 1e9);
        // Twice as many as there is time for, so that none is missing.
        long from = numbers.get();
        List<byte[]> bodies =
                bodies(from, (int) (perSecond * (options.time().toMillis() / 1e3 + 1) * 2) + 2 * CONNECTIONS);
        Usage usage = new Usage(server, redis);
        Load.Plan plan = new Load.Plan(connections, BATCH, Duration.ZERO, options.time());
        Load.Result result = Load.closed(plan, step(server.address(), bodies, from), numbers, usage);
        Row row = new Row(what, connections, result, usage.used());
        System.err.printf("%s, %d: %s spans/s%n", what, connections, result.rate());
        return row;
    }

    private static List<byte[]> bodies(long from, int count) {
        return IntStream.range(0, count)
                .parallel()
                .mapToObj(i -> SpanRequests.request(from + (long) i * BATCH, BATCH))
                .toList();
    }

    private static IntFunction<Load.Step> step(URI server, List<byte[]> bodies, long from) {
        return writer -> new Exports(server, bodies, from);
    }

    /** An exporter with a connection of its own. */
    private static final class Exports extends Posts {
        private final List<byte[]> bodies;
        private final long from;

        Exports(URI server, List<byte[]> bodies, long from) {
            super(server);
            this.bodies = bodies;
            this.from = from;
        }

        @Override
        public int run(long number) throws IOException {
            int index = (int) ((number - from) / BATCH);
            if (index >= bodies.size()) {
                throw new IOException("more was sent than was prepared: " + bodies.size() + " requests");
            }
            postSpans(bodies.get(index));
            return BATCH;
        }
    }

    private Table table(List<Row> rows, double ceiling, double bytes) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("the ceiling", "1", "%,.0f".formatted(ceiling), "", "", "", "", "", ""));
        for (Row row : rows) {
            Load.Result result = row.result();
            cells.add(List.of(
                    row.what(),
                    Integer.toString(row.connections()),
                    result.rate(),
                    "%.0f%%".formatted(100 * result.eventsPerSecond() / ceiling),
                    result.shown(50),
                    result.shown(99),
                    "%.1f".formatted(row.used().server() / result.events()),
                    "%.1f".formatted(row.used().redis() / result.events()),
                    "%.1f".formatted(row.used().generator() / result.events())));
        }
        return new Table(
                "Spans over OTLP/HTTP",
                List.of(
                        "spans travel as",
                        "connections",
                        "spans/s",
                        "of the ceiling",
                        "p50 ms",
                        "p99 ms",
                        "server, us/span",
                        "Redis, us/span",
                        "load generator, us/span"),
                cells,
                List.of(
                        "Requests of %d spans, prepared before, %.0f bytes a span as protobuf; each connection waits for the answer before it sends the next, and every answer says that all was taken."
                                .formatted(BATCH, bytes),
                        "The ceiling: the calls that the product makes of the same requests, sent by a raw client to a Redis with %,d events, the mean of a measurement before and one behind."
                                .formatted(options.before()),
                        "Microseconds are processor time. Server, Redis, load generator and, in the last row, Neo4j share the machine; durability `memory`."));
    }
}
