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
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/** What it costs that an answer waits for the disk: the same loads at each level, in turns. */
final class DurabilityBenchmark {
    private static final int WRITERS = 64;
    private static final int BATCH = 100;
    private static final int IN_FLIGHT = 8_000;
    private static final int STREAMS = 8;
    private static final Duration WARM_UP = Duration.ofSeconds(3);

    /** What is put on. */
    private enum Way {
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
    private final int rounds;
    private final Duration warmUp;
    private final Duration time;
    private final AtomicLong numbers = new AtomicLong();
    private final List<Row> rows = new ArrayList<>();

    /** @param rounds how often each load is put on at each level; the one in the middle counts */
    DurabilityBenchmark(Engine engine, int rounds, Duration time) {
        this.engine = engine;
        this.rounds = rounds;
        this.warmUp = time.compareTo(WARM_UP) < 0 ? time : WARM_UP;
        this.time = time;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        for (int round = 0; round < rounds; round++) {
            for (Level level : Level.values()) {
                setting.put("redis", measure(level));
            }
        }
        return new Report("bench/run durability", setting, List.of(table()), figures());
    }

    /** @return the version of Redis */
    private String measure(Level level) throws Exception {
        try (RedisServer redis = RedisServer.start(level.appendFsync)) {
            try (RedisLedger ledger = redis.ledger(engine)) {
                port(Way.SINGLE, level, WRITERS, 1, ledger);
                port(Way.BATCH, level, WRITERS, BATCH, ledger);
                port(Way.MANY, level, IN_FLIGHT, 1, ledger);
            }
            try (ServerProcess server = ServerProcess.start(redis.url(), engine, List.of())) {
                String header = "Durability: " + level.durability.wireName() + "\r\n";
                Load.Plan singles = new Load.Plan(WRITERS, 1, warmUp, time);
                add(Way.HTTP_SINGLE, level, Load.closed(singles, single(server, header), numbers, Load.Watch.NONE));
                Load.Plan streams = new Load.Plan(STREAMS, 1, warmUp, time);
                add(
                        Way.HTTP_NDJSON,
                        level,
                        NdjsonLoad.run(server.address(), streams, numbers, header, IN_FLIGHT / STREAMS));
            }
            return redis.describe() + ", engine " + engine.configName();
        }
    }

    private void port(Way way, Level level, int writers, int batch, RedisLedger ledger) throws Exception {
        IntFunction<Load.Step> steps =
                writer -> first -> AppendCalls.append(ledger.log(), Workload.events(first, batch), level.durability);
        add(way, level, Load.closed(new Load.Plan(writers, batch, warmUp, time), steps, numbers, Load.Watch.NONE));
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
        List<Load.Result> all = rows.stream()
                .filter(row -> row.way() == way && row.level() == level)
                .map(Row::result)
                .sorted(Comparator.comparingDouble(Load.Result::eventsPerSecond))
                .toList();
        return all.get(all.size() / 2);
    }

    private double share(Way way, Level level) {
        return 100
                * result(way, level).eventsPerSecond()
                / result(way, Level.MEMORY).eventsPerSecond();
    }

    private Table table() {
        List<List<String>> cells = new ArrayList<>();
        for (Way way : Way.values()) {
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
                        "Each level has a Redis of its own; medians of %d runs, in turns. Durability `memory` is measured with `appendfsync everysec`."
                                .formatted(rounds),
                        "Load generator, server and Redis share the machine.",
                        Workload.describe()));
    }

    private List<Figure> figures() {
        Load.Result singles = result(Way.HTTP_SINGLE, Level.EVERYSEC);
        return List.of(
                Figure.atLeast(
                        "`fsync` at `everysec`, 64 single connections", 50, singles.eventsPerSecond(), "%.0f events/s"),
                Figure.atMost("the same, p50", 1.1, singles.millis(50) / 1000, "%.2f s"),
                Figure.atMost("the same, p99", 2.2, singles.millis(99) / 1000, "%.2f s"),
                ofMemory(
                        "`fsync` at `everysec`, 8,000 events in flight over NDJSON",
                        Way.HTTP_NDJSON,
                        Level.EVERYSEC,
                        50),
                ofMemory("`fsync` at `everysec`, 8,000 writers", Way.MANY, Level.EVERYSEC, 50),
                ofMemory("`fsync` at `always`, 64 single writers", Way.SINGLE, Level.ALWAYS, 80),
                ofMemory("`fsync` at `always`, batches of 100", Way.BATCH, Level.ALWAYS, 85));
    }

    private Figure ofMemory(String name, Way way, Level level, double least) {
        return Figure.atLeast(name + ", of `memory`", least, share(way, level), "%.0f%%");
    }
}
