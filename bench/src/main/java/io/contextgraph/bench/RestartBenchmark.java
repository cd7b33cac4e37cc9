// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.reading.RestartClock;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** How long it takes from the start of Redis over a large ledger to the first answers. */
final class RestartBenchmark {
    private static final long TEN_MILLION = 10_000_000;

    /** How Redis ends before. */
    private enum End {
        IN_ORDER("in order (`SHUTDOWN NOSAVE`)"),
        KILLED("killed (`kill -9`)"),
        REWRITTEN("in order, after a rewrite of its file");

        private final String shown;

        End(String shown) {
            this.shown = shown;
        }
    }

    private final int events;
    private final List<List<String>> rows = new ArrayList<>();
    private double slowest;

    RestartBenchmark(int events) {
        this.events = events;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        try (RedisServer redis = RedisServer.start()) {
            setting.put("redis", redis.describe() + ", engine search");
            redis.client().configSet("maxmemory", "16gb");
            load(redis);
            for (End end : End.values()) {
                String file = stop(redis, end);
                RestartClock.Times times = RestartClock.restart(redis, events);
                slowest = Math.max(slowest, times.queried());
                rows.add(row(end, file, times));
                System.err.println(rows.getLast());
            }
        }
        return new Report(
                "bench/run restart" + (events == 1_000_000 ? "" : " --events " + events),
                setting,
                List.of(table()),
                List.of(Figure.atMost(
                        "From the start of Redis to the first answers at %,d events".formatted(events),
                        30,
                        slowest,
                        "%.1f s")));
    }

    private void load(RedisServer redis) throws Exception {
        try (RedisLedger ledger = redis.ledger(Engine.SEARCH)) {
            LedgerFill.fill(ledger.log(), events, new AtomicLong());
        }
        redis.awaitRewrite();
    }

    /** @return what is in its file */
    private static String stop(RedisServer redis, End end) throws IOException {
        if (end == End.REWRITTEN) {
            // A start may have begun one: it compares the whole file with the snapshot at its beginning.
            redis.awaitRewrite();
            redis.rewrite();
            redis.awaitRewrite();
        }
        Map<String, String> persistence = redis.info("persistence");
        long size = Long.parseLong(persistence.getOrDefault("aof_current_size", "0"));
        long base = Long.parseLong(persistence.getOrDefault("aof_base_size", "0"));
        if (end == End.KILLED) {
            redis.kill();
        } else {
            redis.shutDown();
        }
        return "%,d + %,d".formatted(base >> 20, (size - base) >> 20);
    }

    private List<String> row(End end, String file, RestartClock.Times times) {
        return List.of(
                end.shown,
                file,
                seconds(times.ping()),
                seconds(times.index()),
                seconds(times.opened()),
                seconds(times.found()),
                seconds(times.queried()),
                seconds(times.cpu()),
                "%,.0f".formatted(times.queried() * TEN_MILLION / events));
    }

    private static String seconds(double seconds) {
        return "%.2f".formatted(seconds);
    }

    private Table table() {
        return new Table(
                "From the start of Redis to the first answers: %,d events".formatted(events),
                List.of(
                        "Redis ended",
                        "append-only file, MB: snapshot + commands",
                        "first `PING`, s",
                        "index complete, s",
                        "ledger opened, s",
                        "event found by id, s",
                        "query answered, s",
                        "processor time of Redis, s",
                        "at 10,000,000 events, s, calculated"),
                rows,
                List.of(
                        "Seconds from the start of the process, each with those before; `PING` without `LOADING`. A ledger is opened when its index has every event.",
                        "The processor time is what a busy machine does not change. Calculated: in proportion, since every event is read and indexed again. The files are in the machine's page cache; from a cold disk reading them comes on top.",
                        Workload.describe()));
    }
}
