// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import io.contextgraph.ledger.LedgerException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How much of what exporters send may be in work at once. A body becomes a tree and events of many times its size, so that
 * bodies wait for each other where they are large.
 *
 * <p><b>Threads.</b> Safe for threads; who has waited longest goes first.
 */
final class Room {
    /** What a body becomes is at most so many times as large, and all of it must leave room for the rest of the server. */
    private static final int PART_OF_HEAP = 10;

    private static final long LEAST = 8L << 20;
    private static final long MOST = 64L << 20;
    private static final int UNIT = 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final int units;
    private final Semaphore free;
    private final Duration patience;

    Room(long bytes) {
        this(bytes, PATIENCE);
    }

    Room(long bytes, Duration patience) {
        this.units = Math.toIntExact(bytes / UNIT);
        this.free = new Semaphore(units, true);
        this.patience = patience;
    }

    /** Of the heap of this process. */
    static long ofHeap() {
        return Math.clamp(Runtime.getRuntime().maxMemory() / PART_OF_HEAP, LEAST, MOST);
    }

    /** All of it. */
    long bytes() {
        return (long) units * UNIT;
    }

    /** What one request has. */
    interface Share extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for room; what is larger than all of it has it alone.
     *
     * @throws LedgerException when there was none within ten seconds
     */
    Share take(long bytes) {
        int share = Math.clamp(bytes / UNIT + 1, 1, units);
        try {
            if (free.tryAcquire(share, patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return () -> free.release(share);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        throw new LedgerException(LedgerException.Reason.OVERLOADED, "too much that exporters send is in work at once");
    }
}
