// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A bounded set of connections for rounds.
 *
 * <p><b>Guarantees.</b> Where one turns out to be of no use, those that are idle are closed with it, and those that are in use
 * when they come back: they lead to the same server. Whoever waits for one then opens another, or learns at once that none can
 * be opened.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class RoundConnections implements AutoCloseable {
    private static final long LONGEST_IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private record Idle(RoundConnection connection, long sinceNanos) {}

    private final int most;
    private final Supplier<RoundConnection> open;
    private final Semaphore free;
    private final Deque<Idle> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger lost = new AtomicInteger();
    private volatile boolean closed;

    RoundConnections(int most, Supplier<RoundConnection> open) {
        this.most = most;
        this.open = open;
        this.free = new Semaphore(most, true);
    }

    int inUse() {
        return most - free.availablePermits();
    }

    /**
     * One that nobody else uses until it comes back.
     *
     * @throws LedgerException when none is free in time, or none can be opened
     */
    RoundConnection take(Duration atMost) {
        acquire(atMost);
        try {
            int lostBefore = lost.get();
            Idle last = idle.pollLast();
            if (last != null && System.nanoTime() - last.sinceNanos() < LONGEST_IDLE_NANOS) {
                last.connection().taken(lostBefore);
                return last.connection();
            }
            if (last != null) {
                close(last.connection());
                closeIdle();
            }
            RoundConnection opened = open.get();
            opened.taken(lostBefore);
            return opened;
        } catch (RuntimeException | Error e) {
            free.release();
            throw e;
        }
    }

    private void acquire(Duration atMost) {
        boolean acquired;
        try {
            acquired = free.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw new LedgerException(Reason.UNAVAILABLE, "the server is closing", closing);
        }
        if (!acquired) {
            throw new LedgerException(Reason.OVERLOADED, "all connections for appends are busy");
        }
    }

    /** @param sound whether it can be used again */
    void giveBack(RoundConnection connection, boolean sound) {
        if (!sound) {
            int ignored = lost.incrementAndGet();
        }
        if (sound && connection.lostBefore() == lost.get()) {
            idle.addLast(new Idle(connection, System.nanoTime()));
        } else {
            close(connection);
        }
        // Asked last: a connection that comes back while this is being closed is closed by the one or the other.
        if (!sound || closed) {
            closeIdle();
        }
        free.release();
    }

    /** All of them lead to where nobody is needed any more. */
    void abandon() {
        int ignored = lost.incrementAndGet();
        closeIdle();
    }

    private void closeIdle() {
        for (Idle next = idle.pollLast(); next != null; next = idle.pollLast()) {
            close(next.connection());
        }
    }

    private static void close(RoundConnection connection) {
        try {
            connection.close();
        } catch (RuntimeException gone) {
            // It was of no use any more.
        }
    }

    @Override
    public void close() {
        closed = true;
        closeIdle();
    }
}
