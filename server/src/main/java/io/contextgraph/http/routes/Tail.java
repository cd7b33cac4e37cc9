// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.Epochs.Standing;
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

    private final List<Epochs> epochs;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private List<Standing> now = List.of();
    private long askedNanos = System.nanoTime() - ASK_AGAIN.toNanos();
    private volatile boolean closed;

    /** @param epochs of each partition */
    Tail(List<Epochs> epochs) {
        this.epochs = epochs;
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Blocks until some partition does not end where {@code seen} says any more, the time is up, or the tail is closed. It can
     * also end before: a crash of the store may take its newest events.
     *
     * @return which ledger it is then, and where each partition ends
     */
    List<Standing> await(List<Head> seen, Duration atMost) throws InterruptedException {
        long begun = System.nanoTime();
        long end = begun + atMost.toNanos();
        lock.lockInterruptibly();
        try {
            // What was asked before may have been true before a crash.
            while (!closed && (askedNanos - begun < 0 || heads().equals(seen)) && System.nanoTime() < end) {
                long askIn = askedNanos + ASK_AGAIN.toNanos() - System.nanoTime();
                if (askIn <= 0) {
                    ask();
                } else {
                    long unused = changed.awaitNanos(Math.min(askIn, end - System.nanoTime()));
                }
            }
            return now;
        } finally {
            lock.unlock();
        }
    }

    private List<Head> heads() {
        return now.stream().map(Standing::head).toList();
    }

    /** Which ledger it was when it was asked last, which is not long ago. */
    List<Standing> lately() {
        lock.lock();
        try {
            if (System.nanoTime() - askedNanos >= ASK_AGAIN.toNanos()) {
                ask();
            }
            return now;
        } finally {
            lock.unlock();
        }
    }

    private void ask() {
        now = epochs.stream().map(Epochs::now).toList();
        askedNanos = System.nanoTime();
        changed.signalAll();
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
