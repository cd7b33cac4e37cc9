// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.LedgerFill;
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
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** What it costs that an answer waits for the disk: the same loads at each level, in turns. */
final class DurabilityBenchmark {
    private static final int WRITERS = 64;
    private static final int BATCH = 100;
    private static final int IN_FLIGHT = 8_000;
    private static final int STREAMS = 8;
    private static final Duration WARM_UP = Duration.ofSeconds(3);

    /** What is put on. */
    enum Way {
        SINGLE("single events, 64 writers"),
        BATCH("batches of 100, 64 writers"),
        MANY("single events, 8,000 writers"),
        HTTP_SINGLE("HTTP, single events, 64 connections"),
        HTTP_NDJSON("HTTP, 8 NDJSON streams, 8,000 lines in flight");

        private final String shown;

        Way(String shown) {
            this.shown = shown;
        }
    }

    /** Where an event is when it is answered. */
    private enum Level {
        MEMORY("everysec", Durability.MEMORY, "`memory`"),
        EVERYSEC("everysec", Durability.FSYNC, "`fsync`, `appendfsync everysec`"),
        ALWAYS("always", Durability.FSYNC, "`fsync`, `appendfsync always`");

        private final String appendFsync;
        private final Durability durability;
        private final String shown;

        Level(String appendFsync, Durability durability, String shown) {
            this.appendFsync = appendFsync;
            this.durability = durability;
            this.shown = shown;
        }
    }

    private record Row(Way way, Level level, Load.Result result) {}

    private final Engine engine;
    private final List<Way> ways;
    private final int rounds;
    private final Duration warmUp;
    private final Duration time;
    private final AtomicLong numbers = new AtomicLong();
    private final List<Row> rows = new ArrayList<>();

    /** @param rounds how often each load is put on at each level; the one in the middle counts */
    DurabilityBenchmark(Engine engine, List<Way> ways, int rounds, Duration time) {
        this.engine = engine;
        this.ways = ways;
        this.rounds = rounds;
        this.warmUp = time.compareTo(WARM_UP) < 0 ? time : WARM_UP;
        this.time = time;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        for (int round = 0; round < rounds; round++) {
            try (Stores memory = Stores.start(Level.MEMORY, engine);
                    Stores everySecond = Stores.start(Level.EVERYSEC, engine);
                    Stores always = Stores.start(Level.ALWAYS, engine)) {
                Set<String> appendFsyncs = new LinkedHashSet<>();
                List.of(memory, everySecond, always)
                        .forEach(stores -> appendFsyncs.add(stores.redis().appendFsync()));
                setting.put("redis", memory.redis().describe(appendFsyncs) + ", engine " + engine.configName());
                for (Way way : ways) {
                    for (Stores stores : List.of(memory, everySecond, always)) {
                        add(way, stores.level(), load(way, stores));
                    }
                }
            }
        }
        return new Report("bench/run durability", setting, List.of(table()), figures());
    }

    /** What serves one level; all are there at once, so that a machine that is busy for a while is so for each of them. */
    private record Stores(Level level, RedisServer redis, RedisLedger ledger, ServerProcess server)
            implements AutoCloseable {
        static Stores start(Level level, Engine engine) throws IOException {
            RedisServer redis = RedisServer.start(level.appendFsync);
            try {
                RedisLedger ledger = redis.ledger(engine);
                return new Stores(level, redis, ledger, ServerProcess.start(redis.url(), engine, List.of()));
            } catch (IOException | RuntimeException e) {
                redis.close();
                throw e;
            }
        }

        String header() {
            return "Durability: " + level.durability.wireName() + "\r\n";
        }

        @Override
        public void close() throws IOException {
            server.close();
            ledger.close();
            redis.close();
        }
    }

    private Load.Result load(Way way, Stores stores) throws Exception {
        return switch (way) {
            case SINGLE -> port(stores, WRITERS, 1);
            case BATCH -> port(stores, WRITERS, BATCH);
            case MANY -> port(stores, IN_FLIGHT, 1);
            case HTTP_SINGLE ->
                Load.closed(
                        new Load.Plan(WRITERS, 1, warmUp, time),
                        single(stores.server(), stores.header()),
                        numbers,
                        Load.Watch.NONE);
            case HTTP_NDJSON ->
                NdjsonLoad.run(
                        stores.server().address(),
                        new Load.Plan(STREAMS, 1, warmUp, time),
                        numbers,
                        stores.header(),
                        IN_FLIGHT / STREAMS);
        };
    }

    private Load.Result port(Stores stores, int writers, int batch) throws Exception {
        IntFunction<Load.Step> steps = writer -> first ->
                LedgerFill.append(stores.ledger().log(), Workload.events(first, batch), stores.level().durability);
        return Load.closed(new Load.Plan(writers, batch, warmUp, time), steps, numbers, Load.Watch.NONE);
    }

    private void add(Way way, Level level, Load.Result result) {
        Row row = new Row(way, level, result);
        rows.add(row);
        System.err.println(way.shown + ", " + level.shown + ": " + result.rate() + " events/s, p50 " + result.shown(50)
                + " ms, p99 " + result.shown(99) + " ms");
    }

    private static IntFunction<Load.Step> single(ServerProcess server, String header) {
        return writer -> new Posts(server.address(), header) {
            @Override
            public int run(long number) throws IOException {
                String ignored = postOne(number);
                return 1;
            }
        };
    }

    /** The run in the middle, by rate. */
    private Load.Result result(Way way, Level level) {
        List<Load.Result> all = results(way, level).stream()
                .sorted(Comparator.comparingDouble(Load.Result::eventsPerSecond))
                .toList();
        return all.get(all.size() / 2);
    }

    private List<Load.Result> results(Way way, Level level) {
        return rows.stream()
                .filter(row -> row.way() == way && row.level() == level)
                .map(Row::result)
                .toList();
    }

    /** Of what the same round gave at {@code memory}, in percent: the median, as the machine is never the same twice. */
    private double share(Way way, Level level) {
        List<Load.Result> there = results(way, level);
        List<Load.Result> memory = results(way, Level.MEMORY);
        List<Double> shares = IntStream.range(0, there.size())
                .mapToObj(i ->
                        100 * there.get(i).eventsPerSecond() / memory.get(i).eventsPerSecond())
                .sorted()
                .toList();
        return shares.get(shares.size() / 2);
    }

    private Table table() {
        List<List<String>> cells = new ArrayList<>();
        for (Way way : ways) {
            for (Level level : Level.values()) {
                Load.Result result = result(way, level);
                cells.add(List.of(
                        way.shown,
                        level.shown,
                        result.rate(),
                        "%.0f%%".formatted(share(way, level)),
                        result.shown(50),
                        result.shown(99)));
            }
        }
        return new Table(
                "What durability costs",
                List.of("events travel as", "answered at", "events/s", "of `memory`", "p50 ms", "p99 ms"),
                cells,
                List.of(
                        "Writers call the ledger's port; each waits for the answer to one call before it makes the next. A stream sends while fewer than 1,000 of its lines have no answer; its latency is that of 100 lines.",
                        "Each level has a Redis of its own; medians of %d runs, in turns, and of their shares of the run at `memory` beside them. Durability `memory` is measured with `appendfsync everysec`."
                                .formatted(rounds),
                        "Load generator, server and Redis share the machine.",
                        Workload.describe()));
    }

    private List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        for (Way way : ways) {
            switch (way) {
                case SINGLE -> figures.add(ofMemory("`fsync` at `always`, 64 single writers", way, Level.ALWAYS, 80));
                case BATCH -> figures.add(ofMemory("`fsync` at `always`, batches of 100", way, Level.ALWAYS, 85));
                case MANY -> figures.add(ofMemory("`fsync` at `everysec`, 8,000 writers", way, Level.EVERYSEC, 50));
                case HTTP_SINGLE -> figures.addAll(connections(result(way, Level.EVERYSEC)));
                case HTTP_NDJSON ->
                    figures.add(ofMemory(
                            "`fsync` at `everysec`, 8,000 events in flight over NDJSON", way, Level.EVERYSEC, 50));
            }
        }
        return figures;
    }

    private static List<Figure> connections(Load.Result singles) {
        return List.of(
                Figure.atLeast(
                        "`fsync` at `everysec`, 64 single connections", 50, singles.eventsPerSecond(), "%.0f events/s"),
                Figure.atMost("the same, p50", 1.1, singles.millis(50) / 1000, "%.2f s"),
                Figure.atMost("the same, p99", 2.2, singles.millis(99) / 1000, "%.2f s"));
    }

    private Figure ofMemory(String name, Way way, Level level, double least) {
        return Figure.atLeast(name + ", of `memory`", least, share(way, level), "%.0f%%");
    }
}
