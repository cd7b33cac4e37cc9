// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.NdjsonLoad;
import io.contextgraph.bench.load.PacedAppends;
import io.contextgraph.bench.load.Posts;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.bench.server.ServerProcess;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.LongStream;

/** How fast events are appended over HTTP, as a share of what Redis takes from a client that does nothing else. */
final class HttpBenchmark {
    private static final int BATCH = 100;
    private static final int PACED_CONNECTIONS = 16;
    private static final int PACED_PER_SECOND = 1000;
    private static final Duration ROW_WARM_UP = Duration.ofSeconds(2);
    private static final Duration PACED_WARM_UP = Duration.ofSeconds(3);

    /**
     * What to measure with.
     *
     * @param engine how events are indexed
     * @param warmUp before the first row; each row has a short one of its own, which is no longer than this
     * @param time of each row
     * @param ceilingEvents for each of the two measurements of the ceiling
     * @param javaOptions of the server
     */
    record Options(Engine engine, Duration warmUp, Duration time, int ceilingEvents, List<String> javaOptions) {
        Duration warmUpOf(Duration most) {
            return warmUp.compareTo(most) < 0 ? warmUp : most;
        }
    }

    /** How events travel. */
    private enum Way {
        SINGLE("single"),
        BATCH("batches of " + HttpBenchmark.BATCH),
        NDJSON("NDJSON stream");

        private final String shown;

        Way(String shown) {
            this.shown = shown;
        }
    }

    private record Row(Way way, int connections, Load.Result result, Usage.Micros used) {}

    private final Options options;
    private final AtomicLong numbers = new AtomicLong();

    HttpBenchmark(Options options) {
        this.options = options;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        AppendCalls calls = AppendCalls.record(options.engine(), options.ceilingEvents(), BATCH);
        CeilingBenchmark.Run before = CeilingBenchmark.replay(calls);
        List<Row> rows = new ArrayList<>();
        PacedAppends paced = new PacedAppends(
                new Load.Plan(PACED_CONNECTIONS, 1, options.warmUpOf(PACED_WARM_UP), options.time()), PACED_PER_SECOND);
        try (RedisServer redis = RedisServer.start();
                ServerProcess server = ServerProcess.start(redis.url(), options.engine(), options.javaOptions())) {
            setting.put(
                    "redis", redis.describe() + ", engine " + options.engine().configName());
            warmUp(server.address());
            for (int connections : List.of(1, 8, 64)) {
                rows.add(row(Way.SINGLE, connections, server, redis));
            }
            for (Way way : List.of(Way.BATCH, Way.NDJSON)) {
                for (int connections : List.of(1, 8)) {
                    rows.add(row(way, connections, server, redis));
                }
            }
            paced.run(server, single(server.address()), numbers);
        }
        CeilingBenchmark.Run after = CeilingBenchmark.replay(calls);
        double ceiling = (before.rate() + after.rate()) / 2;
        List<Figure> figures = new ArrayList<>(figures(rows, ceiling));
        figures.addAll(paced.figures());
        return new Report("bench/run http", setting, List.of(table(rows, before, after), paced.table()), figures);
    }

    private void warmUp(URI server) throws Exception {
        Duration part = options.warmUp().dividedBy(4);
        Load.Plan singles = new Load.Plan(64, 1, part, part);
        Load.closed(singles, single(server), numbers, Load.Watch.NONE);
        Load.closed(new Load.Plan(8, BATCH, part, part), batch(server), numbers, Load.Watch.NONE);
    }

    private Row row(Way way, int connections, ServerProcess server, RedisServer redis) throws Exception {
        Usage usage = new Usage(server, redis);
        Load.Plan plan =
                new Load.Plan(connections, way == Way.BATCH ? BATCH : 1, options.warmUpOf(ROW_WARM_UP), options.time());
        Load.Result result = switch (way) {
            case SINGLE -> Load.closed(plan, single(server.address()), numbers, usage);
            case BATCH -> Load.closed(plan, batch(server.address()), numbers, usage);
            case NDJSON -> NdjsonLoad.run(server.address(), plan, numbers, usage);
        };
        Row row = new Row(way, connections, result, usage.used());
        System.err.println(cells(row, result.eventsPerSecond()));
        return row;
    }

    private static IntFunction<Load.Step> single(URI server) {
        return writer -> new Posts(server) {
            @Override
            public int run(long number) throws IOException {
                postOne(number);
                return 1;
            }
        };
    }

    private static IntFunction<Load.Step> batch(URI server) {
        return writer -> new Posts(server) {
            @Override
            public int run(long first) throws IOException {
                postBatch(LongStream.range(first, first + BATCH), BATCH);
                return BATCH;
            }
        };
    }

    private static List<Figure> figures(List<Row> rows, double ceiling) {
        double singles = rows.stream()
                .filter(row -> row.way() == Way.SINGLE && row.connections() == 64)
                .mapToDouble(row -> row.result().eventsPerSecond())
                .max()
                .orElseThrow();
        double batches = rows.stream()
                .filter(row -> row.way() == Way.BATCH)
                .mapToDouble(row -> row.result().eventsPerSecond())
                .max()
                .orElseThrow();
        return List.of(
                Figure.atLeast("HTTP batches, of the ceiling", 75, 100 * batches / ceiling, "%.0f%%"),
                Figure.atLeast(
                        "HTTP single appends at 64 connections, of the ceiling",
                        40,
                        100 * singles / ceiling,
                        "%.0f%%"));
    }

    private Table table(List<Row> rows, CeilingBenchmark.Run before, CeilingBenchmark.Run after) {
        double ceiling = (before.rate() + after.rate()) / 2;
        List<List<String>> cells = new ArrayList<>();
        cells.add(ceiling("the ceiling, before", before));
        rows.forEach(row -> cells.add(cells(row, ceiling)));
        cells.add(ceiling("the ceiling, after", after));
        return new Table(
                "Appending over HTTP",
                List.of(
                        "events travel as",
                        "connections",
                        "events/s",
                        "of the ceiling",
                        "p50 ms",
                        "p95 ms",
                        "p99 ms",
                        "server, us/event",
                        "Redis, us/event",
                        "load generator, us/event"),
                cells,
                List.of(
                        "The ceiling: the calls that the product makes for batches of %d, sent by a raw client (see `bench/run ceiling`); shares are of the mean of both."
                                .formatted(BATCH),
                        "Each connection waits for the answer to one request before it sends the next; a stream does not wait. Every answer is checked.",
                        "Microseconds are processor time. Server, Redis and load generator share the machine; durability `memory`, `appendfsync everysec`.",
                        "The server leaves the graph to others (`projection.enabled=false`): the projection is not part of these figures.",
                        Workload.describe()));
    }

    private static List<String> ceiling(String name, CeilingBenchmark.Run run) {
        return List.of(
                name,
                "1",
                "%,.0f".formatted(run.rate()),
                "",
                "",
                "",
                "",
                "",
                "%.1f".formatted(run.processMicros()),
                "%.1f".formatted(run.clientMicros()));
    }

    private static List<String> cells(Row row, double ceiling) {
        Load.Result result = row.result();
        boolean waits = row.way() != Way.NDJSON;
        return List.of(
                row.way().shown,
                Integer.toString(row.connections()),
                result.rate(),
                "%.0f%%".formatted(100 * result.eventsPerSecond() / ceiling),
                waits ? result.shown(50) : "",
                waits ? result.shown(95) : "",
                waits ? result.shown(99) : "",
                "%.1f".formatted(row.used().server() / result.events()),
                "%.1f".formatted(row.used().redis() / result.events()),
                "%.1f".formatted(row.used().generator() / result.events()));
    }
}
