// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Refuses new events while Redis uses more than nine tenths of its memory: what is there must stay workable. */
final class MemoryGuard {
    /** Share of {@code maxmemory} from which on nothing new is taken, in percent. */
    static final int FULL_PERCENT = 90;

    private static final long READING_LASTS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Redis redis;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile long readAt = System.nanoTime() - READING_LASTS_NANOS;
    private volatile long usedPercent;

    MemoryGuard(Redis redis) {
        this.redis = redis;
    }

    /** @throws LedgerException {@code FULL} when there is no room */
    void requireRoom() {
        if (System.nanoTime() - readAt >= READING_LASTS_NANOS && reading.tryLock()) {
            try {
                usedPercent = read();
                readAt = System.nanoTime();
            } finally {
                reading.unlock();
            }
        }
        if (usedPercent >= FULL_PERCENT) {
            throw new LedgerException(
                    Reason.FULL,
                    "Redis uses " + usedPercent + "% of its maxmemory; from " + FULL_PERCENT
                            + "% on no event is taken");
        }
    }

    private long read() {
        var memory = Server.parse(redis.call(client -> client.info("memory")));
        long max = Long.parseLong(memory.getOrDefault("maxmemory", "0"));
        return max == 0 ? 0 : Long.parseLong(memory.getOrDefault("used_memory", "0")) * 100 / max;
    }
}
