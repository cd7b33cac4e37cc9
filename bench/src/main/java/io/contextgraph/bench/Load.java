// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Writers that each do one thing after another, as fast as they get answers, for a while. */
final class Load {
    private static final long HIGHEST_NANOS = Duration.ofMinutes(1).toNanos();

    private Load() {}

    /** One writer's unit of work: takes the number of its first event, answers how many events it wrote. */
    interface Step extends AutoCloseable {
        int run(long firstEvent) throws Exception;

        @Override
        default void close() throws IOException, SQLException {}
    }

    /**
     * What a run gave.
     *
     * @param eventsPerSecond over the whole run
     * @param latency of each step, in nanoseconds
     */
    record Result(double eventsPerSecond, Histogram latency) {
        String rate() {
            return "%,.0f".formatted(eventsPerSecond);
        }

        String millis(double percentile) {
            return "%.2f".formatted(latency.getValueAtPercentile(percentile) / 1e6);
        }
    }

    /** Runs {@code writers} writers; the first part of the time warms up and is not counted. */
    static Result run(
            int writers, Duration warmUp, Duration time, int eventsPerStep, IntFunction<Step> steps, AtomicLong numbers)
            throws Exception {
        Histogram latency = new ConcurrentHistogram(HIGHEST_NANOS, 3);
        AtomicLong counted = new AtomicLong();
        long start = System.nanoTime();
        long countFrom = start + warmUp.toNanos();
        long end = countFrom + time.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> running = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                Step step = steps.apply(writer);
                Callable<Void> loop = () -> {
                    try (step) {
                        while (true) {
                            long begun = System.nanoTime();
                            if (begun >= end) {
                                return null;
                            }
                            int written = step.run(numbers.getAndAdd(eventsPerStep));
                            long done = System.nanoTime();
                            if (begun >= countFrom) {
                                latency.recordValue(Math.min(done - begun, HIGHEST_NANOS));
                                counted.addAndGet(written);
                            }
                        }
                    }
                };
                running.add(threads.submit(loop));
            }
            for (Future<Void> writer : running) {
                writer.get();
            }
        }
        return new Result(counted.get() / ((System.nanoTime() - countFrom) / 1e9), latency);
    }
}
