// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** Connections that each stream events as lines without waiting for answers, and read the answers as they come. */
public final class NdjsonLoad {
    private static final int LINES_PER_PART = 100;

    private final AtomicLong numbers;
    private final AtomicLong counted = new AtomicLong();
    private final long countFrom;
    private final long end;

    private NdjsonLoad(Duration warmUp, Duration time, AtomicLong numbers) {
        this.numbers = numbers;
        this.countFrom = System.nanoTime() + warmUp.toNanos();
        this.end = countFrom + time.toNanos();
    }

    /** Counts the answers that arrive within the time; latency is left out, because nobody waits. */
    public static Load.Result run(URI server, Load.Plan plan, AtomicLong numbers, Load.Watch watch) throws Exception {
        NdjsonLoad load = new NdjsonLoad(plan.warmUp(), plan.time(), numbers);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < plan.writers(); i++) {
                HttpConnection connection = new HttpConnection(server);
                connection.beginStream("/v1/events/batch");
                running.add(threads.submit(task(() -> load.write(connection))));
                running.add(threads.submit(task(() -> load.read(connection))));
            }
            Load.await(load.countFrom);
            watch.begin();
            Load.await(load.end);
            watch.end();
            for (Future<Void> one : running) {
                one.get();
            }
        }
        return new Load.Result(load.counted.get(), plan.time().toNanos() / 1e9, new Histogram(3));
    }

    private interface Work {
        void run() throws IOException;
    }

    private static Callable<Void> task(Work work) {
        return () -> {
            work.run();
            return null;
        };
    }

    private void write(HttpConnection connection) throws IOException {
        while (System.nanoTime() < end) {
            long first = numbers.getAndAdd(LINES_PER_PART);
            StringBuilder lines = new StringBuilder(LINES_PER_PART * 400);
            for (long number = first; number < first + LINES_PER_PART; number++) {
                lines.append(Workload.json(number)).append('\n');
            }
            connection.sendPart(lines.toString());
        }
        connection.endStream();
    }

    private void read(HttpConnection connection) throws IOException {
        try (connection) {
            connection.readHead(200);
            for (String part = connection.readPart(); !part.isEmpty(); part = connection.readPart()) {
                long taken = part.split("\"duplicate\":false", -1).length - 1L;
                if (taken != part.chars().filter(c -> c == '\n').count()) {
                    throw new IOException("not appended: " + part);
                }
                long now = System.nanoTime();
                if (now >= countFrom && now < end) {
                    counted.addAndGet(taken);
                }
            }
        }
    }
}
