// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.PositionSearch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The growing end of the ledger, for any number of followers: however many wait, the ledger is asked for its head at
 * most once in {@link #ASK_AGAIN}.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class Tail implements AutoCloseable {
    private static final Duration ASK_AGAIN = Duration.ofMillis(50);

    private final EventLog log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Head head = Head.EMPTY;
    private long askedNanos = System.nanoTime() - ASK_AGAIN.toNanos();
    private volatile boolean closed;

    Tail(EventLog log) {
        this.log = log;
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Blocks until the ledger does not end at {@code seen} any more, the time is up, or the tail is closed. It can also
     * end before: a crash of the store may take its newest events.
     *
     * @return where it ends
     */
    Head await(Head seen, Duration atMost) throws InterruptedException {
        long begun = System.nanoTime();
        long end = begun + atMost.toNanos();
        lock.lockInterruptibly();
        try {
            // What was asked before may have been true before a crash.
            while (!closed && (askedNanos - begun < 0 || head.equals(seen)) && System.nanoTime() < end) {
                long askIn = askedNanos + ASK_AGAIN.toNanos() - System.nanoTime();
                if (askIn <= 0) {
                    head = log.head();
                    askedNanos = System.nanoTime();
                    changed.signalAll();
                } else {
                    long unused = changed.awaitNanos(Math.min(askIn, end - System.nanoTime()));
                }
            }
            return head;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What follows a place, as long as the ledger still has there what was seen there.
     *
     * @return empty when the ledger has lost that event: then its place must be found again, by {@link #placeOf}
     */
    Optional<List<RecordedEvent>> after(Head seen, int max) {
        if (seen.seq() == 0) {
            return Optional.of(log.read(0, max));
        }
        List<RecordedEvent> events = log.read(seen.seq() - 1, max + 1);
        if (!events.isEmpty() && events.getFirst().seq() == seen.seq()) {
            return events.getFirst().position().equals(seen.position())
                    ? Optional.of(events.subList(1, events.size()))
                    : Optional.empty();
        }
        // Either it has been taken out for good, and its number stays its own, or it was lost.
        return events.isEmpty() && log.head().seq() < seen.seq() ? Optional.empty() : Optional.of(events);
    }

    /**
     * The last event that stands at {@code position} or before it; {@link Head#EMPTY} when none does. Positions rise
     * with numbers, so halving finds it in about twenty reads of a million events.
     */
    Head placeOf(Position position) {
        Head end = log.head();
        if (position.compareTo(end.position()) >= 0) {
            return end;
        }
        return PositionSearch.lastUpTo(position, end.seq(), seq -> log.read(seq, 1))
                .map(event -> new Head(event.seq(), event.position()))
                .orElse(Head.EMPTY);
    }

    /** Wakes everybody; nobody waits from now on. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
