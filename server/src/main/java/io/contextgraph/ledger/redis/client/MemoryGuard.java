// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how full Redis is: says so once when it becomes high, full or normal again, and refuses new events while it is
 * full, because what is there must stay workable.
 *
 * <p><b>Units and bounds.</b> Asks Redis at most once in 200 ms, and only when somebody wants to know.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class MemoryGuard {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryGuard.class);
    private static final long READING_LASTS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Redis redis;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile long readAt = System.nanoTime() - READING_LASTS_NANOS;
    private volatile MemoryUse last = new MemoryUse(0, 0);

    public MemoryGuard(Redis redis) {
        this.redis = redis;
    }

    /** @throws LedgerException {@code FULL} when there is no room */
    public void requireRoom() {
        MemoryUse use = use();
        if (use.level() == MemoryUse.Level.FULL) {
            throw new LedgerException(
                    Reason.FULL,
                    "Redis uses " + use.percent() + "% of its maxmemory; from " + MemoryUse.FULL_PERCENT
                            + "% on no event is taken");
        }
    }

    /** How it was at most 200 ms ago, or while somebody else is asking. */
    public MemoryUse use() {
        if (System.nanoTime() - readAt >= READING_LASTS_NANOS && reading.tryLock()) {
            try {
                MemoryUse now = read();
                tell(last, now);
                last = now;
                readAt = System.nanoTime();
            } finally {
                reading.unlock();
            }
        }
        return last;
    }

    private static void tell(MemoryUse before, MemoryUse now) {
        if (before.level() == now.level()) {
            return;
        }
        switch (now.level()) {
            case NORMAL -> LOG.info("Redis uses {}% of its maxmemory: there is room again", now.percent());
            case HIGH ->
                LOG.warn(
                        "Redis uses {}% of its maxmemory: raise maxmemory; from {}% on no event is" + " taken",
                        now.percent(), MemoryUse.FULL_PERCENT);
            case FULL ->
                LOG.error("Redis uses {}% of its maxmemory: no event is taken until there is room", now.percent());
        }
    }

    private MemoryUse read() {
        var memory = ServerFacts.parse(redis.call(client -> client.info("memory")));
        return new MemoryUse(
                Long.parseLong(memory.getOrDefault("used_memory", "0")),
                Long.parseLong(memory.getOrDefault("maxmemory", "0")));
    }
}
