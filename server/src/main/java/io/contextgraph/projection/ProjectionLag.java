// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventFeed.Progress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How far the graph is behind the ledger, and waiting until it is not.
 *
 * <p><b>Guarantees.</b> Those who wait share what one of them learns, so that many cost the ledger no more than a few.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class ProjectionLag {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long SHARED_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final EventFeed feed;
    private final LongSupplier nanoTime;
    private final LongConsumer sleep;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile @Nullable Learnt last;

    /** What was learnt, and when. */
    private record Learnt(Progress progress, long nanos) {}

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
        return look().progress();
    }

    /**
     * Waits until the graph has every event up to number {@code seq}.
     *
     * @return where the graph stands: its {@code seenThroughSeq} is below {@code seq} when the time ran out or the
     *     thread was interrupted
     */
    public Progress await(long seq, Duration timeout) {
        return await(progress -> progress.seenThroughSeq() >= seq, timeout);
    }

    /**
     * Waits until the graph has every event up to {@code position}.
     *
     * @return where the graph stands: its {@code seenThrough} is before {@code position} when the time ran out or the
     *     thread was interrupted
     */
    public Progress await(Position position, Duration timeout) {
        return await(progress -> progress.seenThrough().compareTo(position) >= 0, timeout);
    }

    private Progress await(Predicate<Progress> enough, Duration timeout) {
        long deadline = nanoTime.getAsLong() + timeout.toNanos();
        Learnt now = latest();
        while (!enough.test(now.progress())) {
            long left = deadline - nanoTime.getAsLong();
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                return now.progress();
            }
            sleep.accept(Math.min(PAUSE_NANOS, left));
            now = latest();
        }
        return now.progress();
    }

    private Learnt look() {
        Learnt learnt = new Learnt(feed.progress(), nanoTime.getAsLong());
        last = learnt;
        return learnt;
    }

    /** What somebody has learnt a moment ago, or is about to learn: then it is there after the next pause. */
    private Learnt latest() {
        Learnt known = last;
        if (known == null) {
            return look();
        }
        if (nanoTime.getAsLong() - known.nanos() < SHARED_NANOS || !looking.tryLock()) {
            return known;
        }
        try {
            return look();
        } finally {
            looking.unlock();
        }
    }

    private static void sleep(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }
}
