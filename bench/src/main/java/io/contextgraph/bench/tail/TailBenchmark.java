// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.tail;

import io.contextgraph.bench.load.HttpConnection;
import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.Posts;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.bench.server.ServerProcess;
import io.contextgraph.bench.stall.Evidence;
import io.contextgraph.bench.stall.Heartbeat;
import io.contextgraph.bench.stall.RedisWatch;
import io.contextgraph.bench.tail.Samples.Sample;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * Single appends at a constant rate into a large ledger: how late the latest answers are, and how late while Redis rewrites
 * its append-only file.
 */
public final class TailBenchmark {
    /** Past the growth of tables that stands still for longest up to there: the next one is far. */
    public static final int EVENTS = 1_050_000;

    private static final int WARM_UP_CONNECTIONS = 64;

    /** It asks seldom enough to cost the requests nothing. */
    private static final Duration WATCH_PAUSE = Duration.ofMillis(100);

    /**
     * What to measure.
     *
     * @param engine how events are indexed
     * @param events in the ledger before
     * @param rate single events a second
     * @param connections over which they come
     * @param warmUp as fast as they are answered, and again at the rate, before each measurement
     * @param time of each of the two measurements
     */
    public record Options(Engine engine, int events, int rate, int connections, Duration warmUp, Duration time) {}

    private final Options options;
    private final AtomicLong numbers = new AtomicLong();

    public TailBenchmark(Options options) {
        this.options = options;
    }

    /** Loads, measures, and tells. */
    public Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        try (RedisServer redis = RedisServer.start()) {
            redis.client().configSet("maxmemory", "16gb");
            setting.put(
                    "redis", redis.describe() + ", engine " + options.engine().configName());
            try (RedisLedger ledger = redis.ledger(options.engine())) {
                LedgerFill.fill(ledger.log(), options.events(), numbers);
            }
            redis.awaitRewrite();
            try (ServerProcess server = ServerProcess.start(redis.url(), options.engine(), List.of())) {
                warmUp(server);
                Measured quiet = measure(server, redis, false);
                redis.awaitRewrite();
                Measured rewriting = measure(server, redis, true);
                return new TailReport(options, quiet, rewriting).report(setting);
            }
        }
    }

    /**
     * What one measurement gave.
     *
     * @param samples all that were due in its time
     * @param rewrites the times of the rewrites that were begun in it, each as long as it took
     * @param evidence what else happened
     * @param did what Redis did in all
     * @param requests the server's own count of whole requests
     * @param appends the server's own count of what the ledger took for them
     * @param begun when it began
     * @param others how many processors others had at work meanwhile
     */
    record Measured(
            Samples samples,
            List<Window> rewrites,
            List<Evidence> evidence,
            RedisWatch.Figures did,
            ServerHistogram requests,
            ServerHistogram appends,
            long begun,
            OptionalDouble others) {}

    private void warmUp(ServerProcess server) throws Exception {
        if (options.warmUp().isPositive()) {
            Load.Plan plan = new Load.Plan(WARM_UP_CONNECTIONS, 1, options.warmUp(), Duration.ZERO);
            IntFunction<Load.Step> steps = appends(server, new ConcurrentLinkedQueue<>());
            Load.Result ignored = Load.closed(plan, steps, numbers, Load.Watch.NONE);
        }
    }

    private Measured measure(ServerProcess server, RedisServer redis, boolean rewrite) throws Exception {
        Queue<Sample> answered = new ConcurrentLinkedQueue<>();
        List<Evidence> evidence = new ArrayList<>();
        Processors before = Processors.now(redis, server);
        RedisWatch watch = RedisWatch.start(redis.url(), WATCH_PAUSE);
        try (Scrapes scrapes = new Scrapes(
                        new HttpConnection(server.address()), options.warmUp().isPositive());
                Rewrites rewrites = new Rewrites(redis, rewrite)) {
            try (watch;
                    Heartbeat heartbeat = Heartbeat.start()) {
                Load.Plan plan = new Load.Plan(options.connections(), 1, options.warmUp(), options.time());
                Load.Watch watches = Load.Watch.all(List.of(scrapes, rewrites));
                Load.Result ignored = Load.open(plan, options.rate(), appends(server, answered), numbers, watches);
                evidence.addAll(heartbeat.seen());
            }
            evidence.addAll(watch.seen());
            List<Window> windows = rewrites.seen();
            return new Measured(
                    new Samples(List.copyOf(answered)).within(List.of(rewrites.counted())),
                    windows,
                    evidence,
                    watch.figures(),
                    scrapes.between("contextgraph_http_requests_seconds_bucket", "route=\"/v1/events\",status=\"201\""),
                    scrapes.between("contextgraph_store_duration_seconds_bucket", "operation=\"append\""),
                    rewrites.counted().from(),
                    Processors.now(redis, server).others(before));
        }
    }

    private static IntFunction<Load.Step> appends(ServerProcess server, Queue<Sample> answered) {
        return writer -> new Posts(server.address()) {
            @Override
            public int run(long number) throws IOException {
                return run(number, System.nanoTime());
            }

            @Override
            public int run(long number, long dueNanos) throws IOException {
                long begun = System.nanoTime();
                String ignored = postOne(number);
                answered.add(new Sample(dueNanos, begun, System.nanoTime()));
                return 1;
            }
        };
    }
}
