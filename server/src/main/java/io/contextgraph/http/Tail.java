// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Head;
import java.time.Duration;
import java.util.List;
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
    private long headSeq;
    private long askedNanos = System.nanoTime() - ASK_AGAIN.toNanos();
    private volatile boolean closed;

    Tail(EventLog log) {
        this.log = log;
    }

    boolean isClosed() {
        return closed;
    }

    /** Blocks until there is something behind {@code seq}, the time is up, or the tail is closed. */
    void await(long seq, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (!closed && headSeq <= seq && System.nanoTime() < end) {
                long askIn = askedNanos + ASK_AGAIN.toNanos() - System.nanoTime();
                if (askIn <= 0) {
                    headSeq = log.head().seq();
                    askedNanos = System.nanoTime();
                    changed.signalAll();
                } else {
                    long unused = changed.awaitNanos(Math.min(askIn, end - System.nanoTime()));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The number of the last event that stands at {@code position} or before it; 0 when none does. Positions rise with
     * numbers, so halving finds it in about twenty reads of a million events.
     */
    long seqAt(Position position) {
        Head head = log.head();
        if (position.compareTo(head.position()) >= 0) {
            return head.seq();
        }
        long before = 0;
        long behind = head.seq();
        while (before < behind) {
            long middle = (before + behind) >>> 1;
            List<RecordedEvent> next = log.read(middle, 1);
            if (next.isEmpty() || next.getFirst().position().compareTo(position) > 0) {
                behind = middle;
            } else {
                before = next.getFirst().seq();
            }
        }
        return before;
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
