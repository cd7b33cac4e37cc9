// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.bench.stall.Cause;
import io.contextgraph.bench.stall.Evidence;
import io.contextgraph.bench.stall.Explained;
import io.contextgraph.bench.stall.Heartbeat;
import io.contextgraph.bench.stall.RedisWatch;
import io.contextgraph.bench.stall.Stall;
import io.contextgraph.event.Event;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** The longest pauses that an appender sees while a ledger is filled, and why they were. */
final class StallBenchmark {
    /** So few events at once that what is not a pause is well below one. */
    private static final int BATCH = 20;

    private static final int WRITERS = 4;
    private static final int SHOWN = 20;
    private static final int WARM_UP = 20_000;

    /**
     * What to measure.
     *
     * @param events that are appended
     * @param overMillis what counts as a pause
     * @param rewritePercentage Redis's {@code auto-aof-rewrite-percentage}; empty: as the embedded Redis has it
     * @param rewriteMinSize Redis's {@code auto-aof-rewrite-min-size}; empty: as the embedded Redis has it
     */
    record Options(int events, int overMillis, String rewritePercentage, String rewriteMinSize) {
        long overNanos() {
            return overMillis * 1_000_000L;
        }

        /** A tenth, and no more than compiling the code takes. */
        int warmUp() {
            return Math.min(WARM_UP, events / 10);
        }
    }

    private final Options options;
    private final Histogram latency = new ConcurrentHistogram(3);
    private final Collection<Stall> waited = new ConcurrentLinkedQueue<>();

    StallBenchmark(Options options) {
        this.options = options;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        try (RedisServer redis = RedisServer.start();
                RedisLedger ledger = redis.ledger(Engine.SEARCH)) {
            redis.client().configSet("maxmemory", "16gb");
            set(redis, "auto-aof-rewrite-percentage", options.rewritePercentage());
            set(redis, "auto-aof-rewrite-min-size", options.rewriteMinSize());
            setting.put("redis", redis.describe() + ", engine search");
            Map<String, String> rewrite = redis.client().configGet("auto-aof-rewrite-*");
            setting.put(
                    "rewrite",
                    "at " + rewrite.get("auto-aof-rewrite-percentage") + "% from "
                            + (Long.parseLong(rewrite.getOrDefault("auto-aof-rewrite-min-size", "0")) >> 20) + " MB");
            AtomicLong numbers = new AtomicLong();
            load(ledger, options.warmUp(), numbers, (from, to) -> {});
            return measure(setting, redis, ledger, numbers);
        }
    }

    private static void set(RedisServer redis, String name, String value) {
        if (!value.isEmpty()) {
            redis.client().configSet(name, value);
        }
    }

    private Report measure(Map<String, String> setting, RedisServer redis, RedisLedger ledger, AtomicLong numbers)
            throws Exception {
        List<Evidence> evidence = new ArrayList<>();
        long begun = System.nanoTime();
        RedisWatch watch = RedisWatch.start(redis.url());
        try (watch;
                Heartbeat heartbeat = Heartbeat.start()) {
            load(ledger, options.events(), numbers, (from, to) -> {
                latency.recordValue(to - from);
                if (to - from > options.overNanos()) {
                    waited.add(new Stall(from, to, numbers.get()));
                }
            });
            evidence.addAll(heartbeat.seen());
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        evidence.addAll(watch.seen());
        List<Explained> stalls = Stall.merged(waited).stream()
                .map(stall -> Explained.of(stall, evidence))
                .toList();
        return new Report(
                "bench/run stall" + (options.events() == 1_000_000 ? "" : " --events " + options.events()),
                setting,
                List.of(longest(stalls, begun), causes(stalls), redis(watch.figures(), seconds)),
                figures(stalls));
    }

    private interface Timed {
        void took(long from, long to);
    }

    private static void load(RedisLedger ledger, int events, AtomicLong numbers, Timed timed) throws Exception {
        Load.all(
                WRITERS,
                events / BATCH,
                BATCH,
                writer -> first -> {
                    List<Event> batch = Workload.events(first, BATCH);
                    long from = System.nanoTime();
                    int appended = LedgerFill.append(ledger.log(), batch, Durability.MEMORY);
                    timed.took(from, System.nanoTime());
                    return appended;
                },
                numbers);
    }

    private static String millis(long nanos) {
        return "%,.1f".formatted(nanos / 1e6);
    }

    private Table longest(List<Explained> stalls, long begun) {
        List<List<String>> rows = new ArrayList<>();
        for (Explained one : stalls.subList(0, Math.min(SHOWN, stalls.size()))) {
            rows.add(List.of(
                    millis(one.stall().nanos()),
                    one.cause().shown(),
                    "%,d".formatted(one.stall().events()),
                    "%.1f".formatted((one.stall().from() - begun) / 1e9),
                    seen(one)));
        }
        if (rows.isEmpty()) {
            rows.add(List.of("none", "", "", "", ""));
        }
        return new Table(
                "The longest pauses while %,d events are appended".formatted(options.events()),
                List.of("pause, ms", "cause", "events in the ledger", "at, s", "what was seen within it"),
                rows,
                List.of(
                        "%d writers, %d events at once, in memory; append-only file synced once a second. A pause is an append that took more than %d ms; one that several writers saw counts once. p50 of all appends %s ms, p99 %s ms, p99.9 %s ms."
                                .formatted(
                                        WRITERS,
                                        BATCH,
                                        options.overMillis(),
                                        millis(latency.getValueAtPercentile(50)),
                                        millis(latency.getValueAtPercentile(99)),
                                        millis(latency.getValueAtPercentile(99.9))),
                        "A cause is what explains half of the pause: a command in the slow log while nothing was forked (table growth: `JSON.MSET` makes RedisJSON's table of strings larger in one go), a fork, the latency monitor's `aof-*` (sync), the time in which Linux had no processor for Redis, a collection, a beat of 1 ms in the generator that came more than 5 ms late; if none does, a forked process that worked for half of it (rewrite).",
                        Workload.describe()));
    }

    private static String seen(Explained one) {
        return one.seen().isEmpty() ? "nothing" : one.seen();
    }

    private Table causes(List<Explained> stalls) {
        Map<Cause, List<Explained>> byCause = new LinkedHashMap<>();
        for (Cause cause : Cause.values()) {
            byCause.put(
                    cause, stalls.stream().filter(one -> one.cause() == cause).toList());
        }
        List<List<String>> rows = new ArrayList<>();
        byCause.forEach((cause, some) -> {
            // The longest come first.
            List<String> longest = some.stream()
                    .findFirst()
                    .map(one -> List.of(
                            millis(one.stall().nanos()),
                            "%,d".formatted(one.stall().events()),
                            seen(one)))
                    .orElse(List.of("", "", ""));
            List<String> row = new ArrayList<>(List.of(
                    cause.shown(),
                    "%,d".formatted(some.size()),
                    millis(some.stream().mapToLong(one -> one.stall().nanos()).sum())));
            row.addAll(longest);
            rows.add(row);
        });
        return new Table(
                "Pauses of more than %d ms by cause".formatted(options.overMillis()),
                List.of(
                        "cause",
                        "pauses",
                        "together, ms",
                        "longest, ms",
                        "with events in the ledger",
                        "what was seen within it"),
                rows,
                List.of(
                        "Server and generator share the machine; whoever else works on it shows as \"no processor for Redis\" and \"load generator\"."));
    }

    private Table redis(RedisWatch.Figures did, double seconds) {
        return new Table(
                "What Redis did meanwhile",
                List.of(
                        "events/s",
                        "forks",
                        "longest fork, ms",
                        "rewrites",
                        "delayed syncs",
                        "memory, MB",
                        "process, MB",
                        "copied beside a forked process, MB",
                        "append-only file, MB"),
                List.of(List.of(
                        "%,.0f".formatted(options.events() / seconds),
                        "%,d".formatted(did.forks()),
                        "%,.1f".formatted(did.longestForkMicros() / 1e3),
                        "%,d".formatted(did.rewrites()),
                        "%,d".formatted(did.delayedSyncs()),
                        megabytes(did.memory()),
                        megabytes(did.process()),
                        megabytes(did.copied()),
                        megabytes(did.file()))),
                List.of("Memory, process, copies and file: the most that was seen at any time."));
    }

    private static String megabytes(long bytes) {
        return "%,d".formatted(bytes >> 20);
    }

    private List<Figure> figures(List<Explained> stalls) {
        long longest =
                stalls.stream().mapToLong(one -> one.stall().nanos()).max().orElse(0);
        long unexplained =
                stalls.stream().filter(one -> one.cause() == Cause.UNEXPLAINED).count();
        double explained = stalls.isEmpty() ? 100 : 100.0 * (stalls.size() - unexplained) / stalls.size();
        String events = "%,d events".formatted(options.events());
        return List.of(
                Figure.atMost(
                        "Longest pause of an appender while " + events + " are loaded", 250, longest / 1e6, "%.0f ms"),
                Figure.atLeast(
                        "Pauses over %d ms with a known cause, while %s are loaded"
                                .formatted(options.overMillis(), events),
                        90,
                        explained,
                        "%.0f%%"));
    }
}
