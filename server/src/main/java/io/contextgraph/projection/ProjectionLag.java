// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventFeed.Progress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How far the graph is behind the ledger, and waiting until it is not.
 *
 * <p><b>Guarantees.</b> Those who wait share what one of them learns, so that many cost the ledger no more than a few. They
 * look as soon as {@link #moved} says that a worker of this process has brought something into the graph, and every 10 ms
 * for what the workers of others do.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class ProjectionLag {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long SHARED_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final EventFeed feed;
    private final LongSupplier nanoTime;
    private final Pause pause;
    private final ReentrantLock looking = new ReentrantLock();
    private final ReentrantLock moving = new ReentrantLock();
    private final Condition hasMoved = moving.newCondition();
    private final AtomicLong moves = new AtomicLong();
    private volatile @Nullable Learnt last;

    /** Lets time pass. */
    @FunctionalInterface
    private interface Pause {
        /** @param known ends early when there are more moves than these */
        void take(long known, long nanos);
    }

    /** What was learnt, when, and after how many moves. */
    private record Learnt(Progress progress, long nanos, long moves) {}

    /** The lag of the group that {@code feed} stands for. */
    public ProjectionLag(EventFeed feed) {
        this.feed = feed;
        this.nanoTime = System::nanoTime;
        this.pause = this::awaitMove;
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
        this.pause = (known, nanos) -> sleep.accept(nanos);
    }

    /** A worker of this process has brought events into the graph: whoever waits for them looks now. */
    public void moved() {
        moving.lock();
        try {
            long ignored = moves.incrementAndGet();
            hasMoved.signalAll();
        } finally {
            moving.unlock();
        }
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
            pause.take(now.moves(), Math.min(PAUSE_NANOS, left));
            now = latest();
        }
        return now.progress();
    }

    private Learnt look() {
        long before = moves.get();
        Learnt learnt = new Learnt(feed.progress(), nanoTime.getAsLong(), before);
        last = learnt;
        return learnt;
    }

    /** What somebody has learnt a moment ago, or is about to learn: then it is there after the next pause. */
    private Learnt latest() {
        Learnt known = last;
        if (known == null) {
            return look();
        }
        if (known.moves() != moves.get()) {
            return learnt();
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

    /** What is true since the last move: of those who ask for it at once, one looks. */
    private Learnt learnt() {
        looking.lock();
        try {
            Learnt known = last;
            return known != null && known.moves() == moves.get() ? known : look();
        } finally {
            looking.unlock();
        }
    }

    private void awaitMove(long known, long nanos) {
        try {
            moving.lockInterruptibly();
            try {
                long left = nanos;
                while (moves.get() == known && left > 0) {
                    left = hasMoved.awaitNanos(left);
                }
            } finally {
                moving.unlock();
            }
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }
}
