// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Connections that each stream events as lines without waiting for answers, and read the answers as they come. */
public final class NdjsonLoad {
    private static final int LINES_PER_PART = 100;

    private final AtomicLong numbers;
    private final AtomicLong counted = new AtomicLong();
    private final long countFrom;
    private final long end;

    private final Histogram latency =
            new ConcurrentHistogram(Duration.ofMinutes(1).toNanos(), 3);

    private NdjsonLoad(Duration warmUp, Duration time, AtomicLong numbers) {
        this.numbers = numbers;
        this.countFrom = System.nanoTime() + warmUp.toNanos();
        this.end = countFrom + time.toNanos();
    }

    /** Counts the answers that arrive within the time; latency is left out, because nobody waits. */
    public static Load.Result run(URI server, Load.Plan plan, AtomicLong numbers, Load.Watch watch) throws Exception {
        return run(server, plan, numbers, watch, "", Integer.MAX_VALUE / 2);
    }

    /**
     * The same with a bound.
     *
     * @param headers of each request, each with the end of its line
     * @param inFlight lines that may be without an answer on each connection; latency is that of the parts they are sent in
     */
    public static Load.Result run(URI server, Load.Plan plan, AtomicLong numbers, String headers, int inFlight)
            throws Exception {
        return run(server, plan, numbers, Load.Watch.NONE, headers, inFlight);
    }

    private static Load.Result run(
            URI server, Load.Plan plan, AtomicLong numbers, Load.Watch watch, String headers, int inFlight)
            throws Exception {
        NdjsonLoad load = new NdjsonLoad(plan.warmUp(), plan.time(), numbers);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < plan.writers(); i++) {
                Stream connection = new Stream(new HttpConnection(server, headers), inFlight);
                connection.http().beginStream("/v1/events/batch");
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
        return new Load.Result(load.counted.get(), plan.time().toNanos() / 1e9, load.latency);
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

    /**
     * A stream on its way.
     *
     * @param room for lines without an answer
     * @param sent when each part was sent that has no answer
     */
    private record Stream(HttpConnection http, Semaphore room, Queue<Long> sent) {
        Stream(HttpConnection http, int inFlight) {
            this(http, new Semaphore(inFlight), new ConcurrentLinkedQueue<>());
        }
    }

    private void write(Stream stream) throws IOException {
        while (System.nanoTime() < end) {
            stream.room().acquireUninterruptibly(LINES_PER_PART);
            boolean ignored = stream.sent().add(System.nanoTime());
            long first = numbers.getAndAdd(LINES_PER_PART);
            StringBuilder lines = new StringBuilder(LINES_PER_PART * 400);
            for (long number = first; number < first + LINES_PER_PART; number++) {
                lines.append(Workload.json(number)).append('\n');
            }
            stream.http().sendPart(lines.toString());
        }
        stream.http().endStream();
    }

    private void read(Stream stream) throws IOException {
        long answered = 0;
        try (HttpConnection connection = stream.http()) {
            connection.readHead(200);
            for (String part = connection.readPart(); !part.isEmpty(); part = connection.readPart()) {
                long taken = part.split("\"duplicate\":false", -1).length - 1L;
                if (taken != part.chars().filter(c -> c == '\n').count()) {
                    throw new IOException("not appended: " + part);
                }
                long now = System.nanoTime();
                stream.room().release(Math.toIntExact(taken));
                for (long before = answered / LINES_PER_PART; before < (answered + taken) / LINES_PER_PART; before++) {
                    long begun = stream.sent().remove();
                    if (begun >= countFrom) {
                        latency.recordValue(now - begun);
                    }
                }
                answered += taken;
                if (now >= countFrom && now < end) {
                    counted.addAndGet(taken);
                }
            }
        }
    }
}
