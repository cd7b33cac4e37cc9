// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.growth;

import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.reading.PageClock;
import io.contextgraph.bench.reading.Question;
import io.contextgraph.bench.reading.RedisReadings;
import io.contextgraph.bench.reading.RestartClock;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.server.OwnProcess;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.event.EventQuery.Order;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.mend.LedgerMender;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.mend.RedisMender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** What appends, pages, memory, a restart and an examination cost at several sizes of a ledger. */
public final class GrowthBenchmark {
    private static final Engine ENGINE = Engine.SEARCH;
    private static final int BATCH = 100;
    private static final int WRITERS = 8;
    private static final int LEAST = 1_000;
    private static final int WARM_UP = 50_000;

    /** Below that a size is measured several times, since it is over soon. */
    private static final int SOON = 500_000;

    private static final int ROUNDS = 3;

    private final List<Integer> sizes;
    private final int samples;

    /**
     * @param sizes events in the ledgers, ascending, each some thousands
     * @param samples of each kind of page
     */
    public GrowthBenchmark(List<Integer> sizes, int samples) {
        this.sizes = List.copyOf(sizes);
        this.samples = samples;
        int before = 0;
        for (int size : sizes) {
            if (size <= before || size % LEAST != 0) {
                throw new IllegalArgumentException(
                        "sizes must ascend, each of them some thousands: give --events 10000,100000, not " + sizes);
            }
            before = size;
        }
    }

    /** What was measured at one size. */
    private static final class Stage {
        private final Map<Measure, Double> values = new EnumMap<>(Measure.class);

        void put(Measure measure, double value) {
            values.put(measure, value);
        }

        void put(Measure p50, Measure p95, Histogram latency) {
            put(p50, latency.getValueAtPercentile(50) / 1e6);
            put(p95, latency.getValueAtPercentile(95) / 1e6);
        }
    }

    /** Each size on a Redis of its own. */
    public Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        // Compiles the code.
        Stage ignored = stage(Math.min(WARM_UP, sizes.getLast()), setting);
        Map<Integer, Map<Measure, Double>> measured = new TreeMap<>();
        for (int size : sizes) {
            List<Stage> stages = new ArrayList<>();
            for (int round = 0; round < (size < SOON ? ROUNDS : 1); round++) {
                stages.add(stage(size, setting));
                System.err.println("%,d events: %s".formatted(size, stages.getLast().values));
            }
            measured.put(size, medians(stages));
        }
        return new GrowthReport(measured, samples, ROUNDS, SOON).report(setting);
    }

    private static Map<Measure, Double> medians(List<Stage> stages) {
        Map<Measure, Double> medians = new EnumMap<>(Measure.class);
        for (Measure measure : Measure.values()) {
            double[] sorted = stages.stream()
                    .mapToDouble(stage -> stage.values.getOrDefault(measure, 0.0))
                    .sorted()
                    .toArray();
            medians.put(measure, sorted[sorted.length / 2]);
        }
        return medians;
    }

    private Stage stage(int size, Map<String, String> setting) throws Exception {
        Stage stage = new Stage();
        try (RedisServer redis = RedisServer.start()) {
            redis.client().configSet("maxmemory", "16gb");
            setting.put("redis", redis.describe() + ", engine " + ENGINE.configName());
            try (RedisLedger ledger = redis.ledger(ENGINE)) {
                long empty = redis.usedMemory();
                append(stage, redis, ledger, size);
                redis.awaitRewrite();
                stage.put(Measure.MEMORY, (double) (redis.usedMemory() - empty) / size);
                pages(stage, ledger, size);
            }
            examine(stage, redis, size);
            redis.awaitRewrite();
            redis.shutDown();
            RestartClock.Times times = RestartClock.restart(redis, size);
            stage.put(Measure.RESTART, times.queried());
            stage.put(Measure.RESTART_CPU, times.cpu());
        }
        return stage;
    }

    /** The second half counts. */
    private static void append(Stage stage, RedisServer redis, RedisLedger ledger, int size) throws Exception {
        AtomicLong numbers = new AtomicLong();
        int counted = size / 2;
        LedgerFill.fill(ledger.log(), size - counted, numbers);
        redis.awaitRewrite();
        long rewrites = rewrites(redis);
        RedisServer.Cpu before = redis.cpu();
        long own = OwnProcess.cpuNanos();
        long begun = System.nanoTime();
        Load.all(
                WRITERS,
                counted / BATCH,
                BATCH,
                writer -> first -> LedgerFill.append(ledger.log(), Workload.events(first, BATCH), Durability.MEMORY),
                numbers);
        double seconds = (System.nanoTime() - begun) / 1e9;
        stage.put(Measure.APPEND_RATE, counted / seconds);
        stage.put(Measure.APPEND_PORT, (OwnProcess.cpuNanos() - own) / 1e3 / counted);
        stage.put(Measure.APPEND_REDIS, (double) redis.cpu().minus(before).process() / counted);
        redis.awaitRewrite();
        stage.put(Measure.APPEND_REWRITES, (double) (rewrites(redis) - rewrites));
    }

    private static long rewrites(RedisServer redis) {
        return Long.parseLong(redis.info("persistence").getOrDefault("aof_rewrites", "0"));
    }

    private void pages(Stage stage, RedisLedger ledger, int size) throws Exception {
        PageClock clock = new PageClock(query -> RedisReadings.page(ledger.search(), query), size, samples);
        stage.put(
                Measure.SESSION,
                Measure.SESSION_P95,
                clock.ask(Question.SESSION).latency());
        stage.put(Measure.TRACE, Measure.TRACE_P95, clock.ask(Question.TRACE).latency());
        stage.put(Measure.AGENT, Measure.AGENT_P95, clock.ask(Question.AGENT).latency());
        stage.put(
                Measure.TYPE,
                Measure.TYPE_P95,
                clock.ask(Question.TYPE_AND_TIME).latency());
        PageClock.Deep byTime = clock.deep(Order.TIME_ASC);
        stage.put(Measure.DEEP_PAGE, byTime.page());
        stage.put(Measure.DEEP_TIME, Measure.DEEP_TIME_P95, byTime.far());
        stage.put(
                Measure.DEEP_COMMIT,
                Measure.DEEP_COMMIT_P95,
                clock.deep(Order.POSITION_ASC).far());
    }

    private static void examine(Stage stage, RedisServer redis, int size) throws IOException {
        long begun = System.nanoTime();
        try (LedgerMender mender =
                RedisMender.open(RedisSettings.defaults(redis.url()).withEngine(ENGINE))) {
            Examined examined = mender.examine(damage -> {}, looked -> {});
            if (examined.total() != 0 || !examined.complete() || examined.head().seq() != size) {
                throw new IOException("the ledger of %d events must be whole: %s".formatted(size, examined));
            }
        }
        stage.put(Measure.EXAMINE, (System.nanoTime() - begun) / 1e9);
    }
}
