// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventFeed.Progress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * How far the graph is behind the ledger, and waiting until it is not.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class ProjectionLag {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final EventFeed feed;
    private final LongSupplier nanoTime;
    private final LongConsumer sleep;

    /** The lag of the group that {@code feed} stands for. */
    public ProjectionLag(EventFeed feed) {
        this(feed, System::nanoTime, ProjectionLag::sleep);
    }

    /**
     * The same with another clock.
     *
     * @param nanoTime tells the time
     * @param sleep lets so many nanoseconds pass
     */
    public ProjectionLag(EventFeed feed, LongSupplier nanoTime, LongConsumer sleep) {
        this.feed = feed;
        this.nanoTime = nanoTime;
        this.sleep = sleep;
    }

    /** How far the graph is now. */
    public Progress now() {
        return feed.progress();
    }

    /**
     * Waits until the graph has every event up to number {@code seq}.
     *
     * @return where the graph stands: its {@code seenThroughSeq} is below {@code seq} when the time ran out or the
     *     thread was interrupted
     */
    public Progress await(long seq, Duration timeout) {
        long deadline = nanoTime.getAsLong() + timeout.toNanos();
        long pause = FIRST_PAUSE_NANOS;
        Progress progress = feed.progress();
        while (progress.seenThroughSeq() < seq) {
            long left = deadline - nanoTime.getAsLong();
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                return progress;
            }
            sleep.accept(Math.min(pause, left));
            pause = Math.min(MAX_PAUSE_NANOS, pause * 2);
            progress = feed.progress();
        }
        return progress;
    }

    private static void sleep(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }
}
