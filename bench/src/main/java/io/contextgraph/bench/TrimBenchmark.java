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
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.ledger.trim.TrimStep;
import io.contextgraph.ledger.trim.Trimming;
import io.contextgraph.retention.RetentionSettings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import redis.clients.jedis.StreamEntryID;

/**
 * What trimming costs those who append meanwhile, and what it gives back: a ledger is filled, events come in at a constant
 * rate, first alone and then while all that was there before leaves the streams.
 */
final class TrimBenchmark {
    private static final int BATCH = 1000;
    private static final int WRITERS = 64;
    private static final String GROUP = "projection";
    private static final int STEP = RetentionSettings.DEFAULT.step();
    private static final Duration PAUSE = RetentionSettings.DEFAULT.pause();

    private static final Duration LEASE = Duration.ofMinutes(1);

    private final Engine engine;
    private final int events;
    private final int rate;
    private final Duration alone;
    private final AtomicLong numbers = new AtomicLong();

    /**
     * @param events that are trimmed
     * @param rate at which others come in, a second
     * @param alone how long they do so before anything is trimmed
     */
    TrimBenchmark(Engine engine, int events, int rate, Duration alone) {
        this.engine = engine;
        this.events = events;
        this.rate = rate;
        this.alone = alone;
    }

    /**
     * What steps took.
     *
     * @param steps how long each was, in nanoseconds
     */
    record Trimmed(long entries, long sessionStreams, double seconds, Histogram steps) {}

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        try (RedisServer redis = RedisServer.start();
                RedisLedger ledger = redis.ledger(engine)) {
            setting.put("redis", redis.describe() + ", engine " + engine.configName());
            long empty = redis.usedMemory();
            while (numbers.get() < events) {
                append(ledger, BATCH);
            }
            double each = (double) (redis.usedMemory() - empty) / events;
            StreamEntryID last =
                    new StreamEntryID(ledger.order().head().position().toString());
            String ignored = redis.client().xgroupCreate("events:__global__", GROUP, last, false);
            Load.Result before = load(ledger, alone);
            TrimRule rule = new TrimRule(Instant.ofEpochMilli(last.getTime() + 1), Set.of(GROUP));
            long full = redis.usedMemory();
            long there = ledger.order().head().seq();
            Load.Result meanwhile;
            Trimmed trimmed;
            try (ExecutorService beside = Executors.newSingleThreadExecutor()) {
                Future<Trimmed> trimming = beside.submit(() -> trim(ledger.trimming(), rule));
                meanwhile = load(ledger, expected());
                trimmed = trimming.get();
            }
            long came = ledger.order().head().seq() - there;
            awaitFreed(redis);
            double back = (full + came * each - redis.usedMemory()) / trimmed.entries();
            return new Report(
                    "bench/run trim",
                    setting,
                    List.of(beside(before, meanwhile), taken(trimmed, each, back)),
                    List.of(
                            Figure.atMost(
                                    "p99 of an append while the streams are trimmed, of what it is without",
                                    3,
                                    meanwhile.millis(99) / before.millis(99),
                                    "%.1f times"),
                            Figure.atLeast(
                                    "memory of an event that trimming gives back", 40, 100 * back / each, "%.0f%%")));
        }
    }

    /** What is unlinked is freed in the background. */
    private static void awaitFreed(RedisServer redis) {
        while (!"0".equals(redis.info("memory").get("lazyfree_pending_objects"))) {
            Load.await(System.nanoTime() + PAUSE.toNanos());
        }
    }

    private Duration expected() {
        long steps = Math.max(1, events / STEP);
        return PAUSE.multipliedBy(steps);
    }

    private int append(RedisLedger ledger, int count) throws IOException {
        return LedgerFill.append(ledger.log(), Workload.events(numbers.getAndAdd(count), count), Durability.MEMORY);
    }

    private Load.Result load(RedisLedger ledger, Duration time) throws Exception {
        Load.Step step = first -> LedgerFill.append(ledger.log(), Workload.events(first, 1), Durability.MEMORY);
        Load.Plan plan = new Load.Plan(WRITERS, 1, Duration.ofSeconds(1), time);
        return Load.open(plan, rate, writer -> step, numbers, Load.Watch.NONE);
    }

    /** Everything that the rule lets go. */
    static Trimmed trim(Trimming trimming, TrimRule rule) {
        Fence fence = trimming.lease()
                .take("bench", LEASE)
                .orElseThrow(() -> new IllegalStateException("somebody else trims"));
        Histogram steps = new Histogram(Duration.ofMinutes(1).toNanos(), 3);
        long entries = 0;
        long streams = 0;
        long begun = System.nanoTime();
        TrimStep step;
        do {
            long from = System.nanoTime();
            step = trimming.step(fence, rule, STEP);
            steps.recordValue(System.nanoTime() - from);
            entries += step.entries();
            streams += step.sessionStreams();
            if (!trimming.lease().renew(fence, LEASE)) {
                throw new IllegalStateException("the lease was lost");
            }
            Load.await(System.nanoTime() + PAUSE.toNanos());
        } while (step.more());
        return new Trimmed(entries, streams, (System.nanoTime() - begun) / 1e9, steps);
    }

    private Table beside(Load.Result before, Load.Result meanwhile) {
        return new Table(
                "Appends while the streams are trimmed",
                List.of("meanwhile", "events/s", "p50 ms", "p99 ms", "p99.9 ms", "longest ms"),
                List.of(row("nothing", before), row("trimming", meanwhile)),
                List.of(
                        "Single events through the port of the ledger at a constant rate of %,d a second by %d writers; latency counts from when one should have been sent."
                                .formatted(rate, WRITERS),
                        Workload.describe()));
    }

    private static List<String> row(String name, Load.Result result) {
        return List.of(name, result.rate(), result.shown(50), result.shown(99), result.shown(99.9), result.shown(100));
    }

    private static Table taken(Trimmed trimmed, double each, double back) {
        return new Table(
                "Trimming",
                List.of(
                        "entries",
                        "streams of sessions",
                        "entries/s",
                        "step p50 ms",
                        "step p99 ms",
                        "bytes/event before",
                        "given back",
                        "share"),
                List.of(List.of(
                        "%,d".formatted(trimmed.entries()),
                        "%,d".formatted(trimmed.sessionStreams()),
                        "%,.0f".formatted(trimmed.entries() / trimmed.seconds()),
                        "%.2f".formatted(trimmed.steps().getValueAtPercentile(50) / 1e6),
                        "%.2f".formatted(trimmed.steps().getValueAtPercentile(99) / 1e6),
                        "%,.0f".formatted(each),
                        "%,.0f".formatted(back),
                        "%.0f%%".formatted(100 * back / each))),
                List.of(
                        "Steps of %d entries with a pause of %d ms between them, as retention does by default; the group `%s` has finished all of them."
                                .formatted(STEP, PAUSE.toMillis(), GROUP),
                        "`used_memory` of Redis; what came in meanwhile is taken for as large as what was there. The record hoped for 40 to 60%."));
    }
}
