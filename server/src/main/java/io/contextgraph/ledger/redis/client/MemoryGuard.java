// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;

/**
 * Watches how full Redis is: says so once when it becomes high, full or normal again, and refuses new events while it is
 * full, because what is there must stay workable. Where Redis does not show it, Redis alone refuses.
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
    private volatile Optional<MemoryUse> last = Optional.empty();

    public MemoryGuard(Redis redis) {
        this.redis = redis;
    }

    /** @throws LedgerException {@code FULL} when there is no room */
    public void requireRoom() {
        use().filter(use -> use.level() == MemoryUse.Level.FULL).ifPresent(use -> {
            throw new LedgerException(
                    Reason.FULL,
                    "Redis uses " + use.percent() + "% of its maxmemory; from " + MemoryUse.FULL_PERCENT
                            + "% on no event is taken");
        });
    }

    /** How it was at most 200 ms ago, or while somebody else is asking; empty where Redis does not show it. */
    public Optional<MemoryUse> use() {
        if (System.nanoTime() - readAt >= READING_LASTS_NANOS && reading.tryLock()) {
            try {
                Optional<MemoryUse> now = read();
                now.ifPresent(use -> tell(last.map(MemoryUse::level).orElse(MemoryUse.Level.NORMAL), use));
                last = now;
                readAt = System.nanoTime();
            } finally {
                reading.unlock();
            }
        }
        return last;
    }

    private static void tell(MemoryUse.Level before, MemoryUse now) {
        if (before == now.level()) {
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

    private Optional<MemoryUse> read() {
        return redis.pipelined(p -> {
            Response<Object> memory = p.sendCommand(Protocol.Command.INFO, "memory");
            return () -> MemoryUse.of(ServerFacts.fields(memory));
        });
    }
}
