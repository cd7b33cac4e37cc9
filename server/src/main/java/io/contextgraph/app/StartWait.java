// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.cli.workspace.Workspace.StartReport;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.RedisErrors;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits, at the start of a server, for a Redis that is not there yet: whoever starts machines starts them in any order. What does
 * not become better by itself, such as a wrong password, is not waited for.
 */
final class StartWait {
    private static final Logger LOG = LoggerFactory.getLogger(StartWait.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration BETWEEN_WORDS = Duration.ofSeconds(5);

    private StartWait() {}

    /**
     * What {@code connect} brings, as soon as it does.
     *
     * @param most how long to wait in all; zero: not at all
     * @throws LedgerException the last one, when the time is over
     * @throws IOException when whoever started it wants it to stop
     */
    static <T> T forRedis(Duration most, StartReport report, Supplier<T> connect) throws IOException {
        long begun = System.nanoTime();
        long told = begun - BETWEEN_WORDS.toNanos();
        while (true) {
            try {
                return connect.get();
            } catch (LedgerException away) {
                long now = System.nanoTime();
                Duration left = most.minusNanos(now - begun);
                if (!left.isPositive() || !RedisErrors.mayPass(away)) {
                    throw away;
                }
                if (now - told >= BETWEEN_WORDS.toNanos()) {
                    told = now;
                    LOG.warn("waiting for Redis, for {} s more at most: {}", left.toSeconds(), away.getMessage());
                }
                if (report.stoppedWithin(PAUSE)) {
                    throw new IOException("stopped while it waited for Redis: " + away.getMessage(), away);
                }
            }
        }
    }
}
