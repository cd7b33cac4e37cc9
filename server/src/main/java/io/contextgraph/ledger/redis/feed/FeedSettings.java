// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.feed;

import java.time.Duration;

/**
 * How the consumers of a group read.
 *
 * @param claimAfter how long a consumer may hold an entry before another takes it over
 * @param linger how long to wait for more events once the first has come; no longer than they keep coming at intervals of
 *     a quarter of it
 */
public record FeedSettings(Duration claimAfter, Duration linger) {
    /** Takes over after 30 s, and waits for nobody. */
    public static final FeedSettings DEFAULTS = new FeedSettings(Duration.ofSeconds(30), Duration.ZERO);

    /** @throws IllegalArgumentException when a duration is negative */
    public FeedSettings {
        if (claimAfter.isNegative() || linger.isNegative()) {
            throw new IllegalArgumentException("durations must not be negative: " + claimAfter + ", " + linger);
        }
    }
}
