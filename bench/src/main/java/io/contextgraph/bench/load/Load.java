// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Writers that each do one thing after another. */
public final class Load {
    private static final long HIGHEST_NANOS = Duration.ofMinutes(1).toNanos();

    private Load() {}

    /** One writer's unit of work: takes the number of its first event, answers how many events it wrote. */
    public interface Step extends AutoCloseable {
        int run(long firstEvent) throws Exception;

        /** @param dueNanos when it should have begun, on the clock of {@link System#nanoTime} */
        default int run(long firstEvent, long dueNanos) throws Exception {
            return run(firstEvent);
        }

        @Override
        default void close() throws IOException, SQLException {}
    }

    /**
     * How a load is put on.
     *
     * @param writers how many work side by side
     * @param eventsPerStep what each step takes from the numbers
     * @param warmUp the first part of the time, which is not counted
     * @param time the part that is counted
     */
    public record Plan(int writers, int eventsPerStep, Duration warmUp, Duration time) {}

    /**
     * What a run gave.
     *
     * @param events counted
     * @param seconds in which they were written
     * @param latency of each step, in nanoseconds
     */
    public record Result(long events, double seconds, Histogram latency) {
        public double eventsPerSecond() {
            return events / seconds;
        }

        public String rate() {
            return "%,.0f".formatted(eventsPerSecond());
        }

        public double millis(double percentile) {
            return latency.getValueAtPercentile(percentile) / 1e6;
        }

        public String shown(double percentile) {
            return "%.2f".formatted(millis(percentile));
        }
    }

    /** Watches the part of a run that is counted. */
    public interface Watch {
        void begin() throws IOException;

        void end() throws IOException;

        /** Looks away. */
        Watch NONE = new Watch() {
            @Override
            public void begin() {}

            @Override
            public void end() {}
        };

        /** Several that watch the same, begun and ended in this order. */
        static Watch all(List<Watch> watches) {
            return new Watch() {
                @Override
                public void begin() throws IOException {
                    for (Watch watch : watches) {
                        watch.begin();
                    }
                }

                @Override
                public void end() throws IOException {
                    for (Watch watch : watches) {
                        watch.end();
                    }
                }
            };
        }
    }

    /** Each writer does its next step when it has the answer to the last. */
    public static Result closed(Plan plan, IntFunction<Step> steps, AtomicLong numbers, Watch watch) throws Exception {
        return new Run(plan, numbers, Duration.ZERO).run(steps, watch);
    }

    /**
     * Steps begin at a constant rate whether earlier ones have been answered or not, as far as there are writers; the
     * latency of a step counts from the moment when it should have begun. Each writer has a thread of the system: a virtual
     * one learns of its answer, and of its time, only when another thread has looked.
     */
    public static Result open(
            Plan plan, double stepsPerSecond, IntFunction<Step> steps, AtomicLong numbers, Watch watch)
            throws Exception {
        Duration pause = Duration.ofNanos(Math.round(1e9 * plan.writers() / stepsPerSecond));
        return new Run(plan, numbers, pause).run(steps, watch);
    }

    /** Does a number of steps, shared by all writers. */
    public static void all(int writers, int count, int eventsPerStep, IntFunction<Step> steps, AtomicLong numbers)
            throws Exception {
        AtomicLong begun = new AtomicLong();
        inParallel(Thread.ofVirtual().factory(), writers, writer -> {
            try (Step step = steps.apply(writer)) {
                while (begun.getAndIncrement() < count) {
                    step.run(numbers.getAndAdd(eventsPerStep));
                }
            }
        });
    }

    private interface Work {
        void run(int writer) throws Exception;
    }

    private static void inParallel(ThreadFactory factory, int writers, Work work) throws Exception {
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(factory)) {
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                int writer = i;
                Callable<Void> task = () -> {
                    work.run(writer);
                    return null;
                };
                running.add(threads.submit(task));
            }
            for (Future<Void> writer : running) {
                writer.get();
            }
        }
    }

    /** One run and what it has counted so far. */
    private static final class Run {
        private final Plan plan;
        private final AtomicLong numbers;
        private final long pauseNanos;
        private final Histogram latency = new ConcurrentHistogram(HIGHEST_NANOS, 3);
        private final AtomicLong counted = new AtomicLong();
        private final long start = System.nanoTime() + Duration.ofMillis(100).toNanos();
        private final long countFrom;
        private final long end;

        Run(Plan plan, AtomicLong numbers, Duration pause) {
            this.plan = plan;
            this.numbers = numbers;
            this.pauseNanos = pause.toNanos();
            this.countFrom = start + plan.warmUp().toNanos();
            this.end = countFrom + plan.time().toNanos();
        }

        Result run(IntFunction<Step> steps, Watch watch) throws Exception {
            ThreadFactory factory = (pauseNanos > 0 ? Thread.ofPlatform() : Thread.ofVirtual()).factory();
            inParallel(factory, plan.writers() + 1, writer -> {
                if (writer == plan.writers()) {
                    await(countFrom);
                    watch.begin();
                    await(end);
                    watch.end();
                } else {
                    try (Step step = steps.apply(writer)) {
                        write(writer, step);
                    }
                }
            });
            return new Result(counted.get(), (System.nanoTime() - countFrom) / 1e9, latency);
        }

        private void write(int writer, Step step) throws Exception {
            // Writers with a rate take turns.
            long due = start + pauseNanos * writer / plan.writers();
            while (true) {
                await(due);
                long begun = pauseNanos > 0 ? due : System.nanoTime();
                if (begun >= end) {
                    return;
                }
                int written = step.run(numbers.getAndAdd(plan.eventsPerStep()), begun);
                long took = System.nanoTime() - begun;
                if (begun >= countFrom) {
                    latency.recordValue(Math.min(took, HIGHEST_NANOS));
                    counted.addAndGet(written);
                }
                due += pauseNanos;
            }
        }
    }

    public static void await(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
