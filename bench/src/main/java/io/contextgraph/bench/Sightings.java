// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.GraphView;
import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.Workload;
import java.io.IOException;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * When a sample of the appended events is first seen in the graph.
 *
 * <p>Readers are bounded, so that those who wait do not become a load of their own; an event that has to wait for one
 * counts that time as lag.
 */
final class Sightings implements Load.Watch, AutoCloseable {
    /** Coprime with all that repeats in the events, so that the sample has its share of each kind; few, so that looking does not load. */
    static final int ONE_IN = 49;

    static final int READERS = 32;

    private final URI server;
    private final int oneIn;
    private final ExecutorService readers =
            Executors.newFixedThreadPool(READERS, Thread.ofVirtual().factory());
    private final Queue<GraphView> views = new ConcurrentLinkedQueue<>();
    private final Queue<Future<Seen>> sought = new ConcurrentLinkedQueue<>();
    private final AtomicLong appended = new AtomicLong();
    private volatile long appendedBefore;
    private volatile long appendedAtEnd;
    private volatile long begun = Long.MAX_VALUE;
    private volatile long ended = Long.MAX_VALUE;

    /** @param oneIn of how many events one is looked for */
    Sightings(URI server, int oneIn) {
        this.server = server;
        this.oneIn = oneIn;
    }

    /** One event: when it was due, how long until the graph showed it, how long to see it once more. */
    private record Seen(long dueNanos, long lagNanos, long againNanos) {}

    /**
     * What was seen of the events that were due while the load counted, in nanoseconds.
     *
     * @param lag from when the append was due until the answer that shows the event
     * @param again the same question when the event is there
     */
    record Lags(Histogram lag, Histogram again) {}

    @Override
    public void begin() {
        begun = System.nanoTime();
        appendedBefore = appended.get();
    }

    @Override
    public void end() {
        ended = System.nanoTime();
        appendedAtEnd = appended.get();
    }

    /** Events whose append was answered while the load counted, whenever they were due. */
    long appendedMeanwhile() {
        return appendedAtEnd - appendedBefore;
    }

    /** Looks for the event from now on, if it is one of the sample. */
    void appended(long turn, String position, long dueNanos) {
        appended.incrementAndGet();
        if (turn % oneIn == 0) {
            sought.add(readers.submit(() -> see(Workload.abreast(turn), position, dueNanos)));
        }
    }

    private Seen see(long number, String position, long dueNanos) throws IOException {
        GraphView idle = views.poll();
        GraphView view = idle == null ? new GraphView(server) : idle;
        view.awaitSeen(number, position);
        long seen = System.nanoTime();
        view.read(number);
        Seen result = new Seen(dueNanos, seen - dueNanos, System.nanoTime() - seen);
        views.add(view);
        return result;
    }

    /** Waits until all have been seen. */
    Lags lags() throws IOException, InterruptedException {
        Lags lags = new Lags(new Histogram(3), new Histogram(3));
        for (Future<Seen> one : sought) {
            try {
                Seen seen = one.get();
                if (seen.dueNanos() >= begun && seen.dueNanos() < ended) {
                    lags.lag().recordValue(seen.lagNanos());
                    lags.again().recordValue(seen.againNanos());
                }
            } catch (ExecutionException e) {
                throw new IOException(e.getCause());
            }
        }
        return lags;
    }

    @Override
    public void close() throws IOException {
        readers.shutdownNow();
        for (GraphView view : views) {
            view.close();
        }
    }
}
