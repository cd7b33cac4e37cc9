// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded set of connections for rounds.
 *
 * <p><b>Guarantees.</b> Where one turns out to be of no use, those that are idle are closed with it: they lead to the same
 * server.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class RoundConnections implements AutoCloseable {
    private static final long LONGEST_IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private record Idle(RoundConnection connection, long sinceNanos) {}

    private final int most;
    private final Supplier<RoundConnection> open;
    private final Semaphore free;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Idle> idle = new ArrayDeque<>();
    private boolean closed;

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
        acquire(free, atMost);
        try {
            RoundConnection known = lastUsed();
            return known == null ? open.get() : known;
        } catch (RuntimeException | Error e) {
            free.release();
            throw e;
        }
    }

    /** @throws LedgerException when there is no permit in time */
    private static void acquire(Semaphore permits, Duration atMost) {
        boolean acquired;
        try {
            acquired = permits.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw new LedgerException(Reason.UNAVAILABLE, "the server is closing", closing);
        }
        if (!acquired) {
            throw new LedgerException(Reason.OVERLOADED, "all connections for appends are busy");
        }
    }

    private @Nullable RoundConnection lastUsed() {
        List<RoundConnection> stale = List.of();
        lock.lock();
        try {
            Idle last = idle.pollLast();
            if (last == null || System.nanoTime() - last.sinceNanos() < LONGEST_IDLE_NANOS) {
                return last == null ? null : last.connection();
            }
            idle.add(last);
            stale = takeIdle();
        } finally {
            lock.unlock();
        }
        stale.forEach(RoundConnections::close);
        return null;
    }

    private List<RoundConnection> takeIdle() {
        List<RoundConnection> all =
                new ArrayList<>(idle.stream().map(Idle::connection).toList());
        idle.clear();
        return all;
    }

    /** @param sound whether it can be used again */
    void giveBack(RoundConnection connection, boolean sound) {
        List<RoundConnection> useless = List.of();
        lock.lock();
        try {
            if (sound && !closed) {
                idle.add(new Idle(connection, System.nanoTime()));
            } else {
                useless = takeIdle();
                useless.add(connection);
            }
        } finally {
            lock.unlock();
            free.release();
        }
        useless.forEach(RoundConnections::close);
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
        List<RoundConnection> all;
        lock.lock();
        try {
            closed = true;
            all = takeIdle();
        } finally {
            lock.unlock();
        }
        all.forEach(RoundConnections::close);
    }
}
