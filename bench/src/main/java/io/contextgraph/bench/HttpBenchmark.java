// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.NdjsonLoad;
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
    private static final Duration ROW_WARM_UP = Duration.ofSeconds(2);

    /**
     * What to measure with.
     *
     * @param engine how events are indexed
     * @param before how many events the ledger has where a measurement begins; they warm the server up
     * @param time of each row
     * @param ceilingEvents for each measurement of the ceiling
     * @param javaOptions of the server
     */
    record Options(Engine engine, int before, Duration time, int ceilingEvents, List<String> javaOptions) {
        /** Each row has a short one of its own. */
        Duration warmUp() {
            return time.compareTo(ROW_WARM_UP) < 0 ? time : ROW_WARM_UP;
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

    /** Rows of one ledger, between two measurements of the ceiling. */
    private record Group(CeilingBenchmark.Run before, List<Row> rows, CeilingBenchmark.Run after) {
        double share(Row row) {
            return 100 * row.result().eventsPerSecond() / ((before.rate() + after.rate()) / 2);
        }
    }

    private final Options options;
    private final AtomicLong numbers = new AtomicLong();

    HttpBenchmark(Options options) {
        this.options = options;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        AppendCalls calls = AppendCalls.record(options.engine(), options.ceilingEvents(), BATCH, options.before());
        List<Group> groups = new ArrayList<>();
        CeilingBenchmark.Run before = CeilingBenchmark.replay(calls);
        for (Way way : Way.values()) {
            List<List<Integer>> ledgers =
                    way == Way.SINGLE ? List.of(List.of(1, 8, 64)) : List.of(List.of(1), List.of(8));
            for (List<Integer> connections : ledgers) {
                List<Row> rows = rows(way, connections, setting);
                CeilingBenchmark.Run after = CeilingBenchmark.replay(calls);
                groups.add(new Group(before, rows, after));
                before = after;
            }
        }
        return new Report("bench/run http", setting, List.of(table(groups)), figures(groups));
    }

    /** Those that a ledger has room for before a table of Redis grows. */
    private List<Row> rows(Way way, List<Integer> connections, Map<String, String> setting) throws Exception {
        try (RedisServer redis = RedisServer.start();
                ServerProcess server = ServerProcess.start(redis.url(), options.engine(), options.javaOptions())) {
            setting.put(
                    "redis", redis.describe() + ", engine " + options.engine().configName());
            warmUp(server.address());
            List<Row> rows = new ArrayList<>();
            for (int many : connections) {
                rows.add(row(way, many, server, redis));
            }
            return rows;
        }
    }

    private void warmUp(URI server) throws Exception {
        int batches = options.before() / BATCH / 2;
        Load.all(8, batches, BATCH, batch(server), numbers);
        Load.all(64, options.before() - batches * BATCH, 1, single(server), numbers);
    }

    private Row row(Way way, int connections, ServerProcess server, RedisServer redis) throws Exception {
        Usage usage = new Usage(server, redis);
        Load.Plan plan = new Load.Plan(connections, way == Way.BATCH ? BATCH : 1, options.warmUp(), options.time());
        Load.Result result = switch (way) {
            case SINGLE -> Load.closed(plan, single(server.address()), numbers, usage);
            case BATCH -> Load.closed(plan, batch(server.address()), numbers, usage);
            case NDJSON -> NdjsonLoad.run(server.address(), plan, numbers, usage);
        };
        Row row = new Row(way, connections, result, usage.used());
        System.err.printf("%s, %d: %s events/s%n", way.shown, connections, result.rate());
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

    private static List<Figure> figures(List<Group> groups) {
        return List.of(
                ofCeiling("single appends at 64 connections", 70, Way.SINGLE, 64, groups),
                ofCeiling("batches of 100 at 8 connections", 80, Way.BATCH, 8, groups),
                ofCeiling("NDJSON streams, 8 connections", 90, Way.NDJSON, 8, groups),
                Figure.atMost(
                        "HTTP single appends at one connection, p50",
                        0.3,
                        row(groups, Way.SINGLE, 1).result().millis(50),
                        "%.2f ms"),
                Figure.atMost(
                        "HTTP batches of 100 at 8 connections, p99",
                        150,
                        row(groups, Way.BATCH, 8).result().millis(99),
                        "%.0f ms"));
    }

    private static Figure ofCeiling(String what, double least, Way way, int connections, List<Group> groups) {
        Row row = row(groups, way, connections);
        double share = groups.stream()
                .filter(group -> group.rows().contains(row))
                .mapToDouble(group -> group.share(row))
                .findFirst()
                .orElseThrow();
        return Figure.atLeast("HTTP " + what + ", of the ceiling", least, share, "%.0f%%");
    }

    private static Row row(List<Group> groups, Way way, int connections) {
        return groups.stream()
                .flatMap(group -> group.rows().stream())
                .filter(row -> row.way() == way && row.connections() == connections)
                .findFirst()
                .orElseThrow();
    }

    private Table table(List<Group> groups) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(ceiling(groups.getFirst().before()));
        for (Group group : groups) {
            group.rows().forEach(row -> cells.add(cells(row, group.share(row))));
            cells.add(ceiling(group.after()));
        }
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
                        "The ceiling: the calls that the product makes for batches of %d, sent by a raw client (see `bench/run ceiling`); a share is of the mean of the two measurements of it around the row."
                                .formatted(BATCH),
                        "A ledger has %,d events where it is measured, or more: behind a growth of the table in which RedisJSON keeps strings, and before the next one (see Pauses), for which a row would stand still. Batches and streams have a ledger and a server of their own for each row."
                                .formatted(options.before()),
                        "Each connection waits for the answer to one request before it sends the next; a stream does not wait. Every answer is checked.",
                        "Microseconds are processor time. Server, Redis and load generator share the machine; durability `memory`. How late the latest answers are at a steady rate, `bench/run tail` tells.",
                        "The server leaves the graph to others (`projection.enabled=false`): the projection is not part of these figures.",
                        Workload.describe()));
    }

    private static List<String> ceiling(CeilingBenchmark.Run run) {
        return List.of(
                "the ceiling",
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

    private static List<String> cells(Row row, double share) {
        Load.Result result = row.result();
        boolean waits = row.way() != Way.NDJSON;
        return List.of(
                row.way().shown,
                Integer.toString(row.connections()),
                result.rate(),
                "%.0f%%".formatted(share),
                waits ? result.shown(50) : "",
                waits ? result.shown(95) : "",
                waits ? result.shown(99) : "",
                "%.1f".formatted(row.used().server() / result.events()),
                "%.1f".formatted(row.used().redis() / result.events()),
                "%.1f".formatted(row.used().generator() / result.events()));
    }
}
