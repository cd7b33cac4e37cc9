// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses whose limit doubles up to a bound, each of a random length from nothing to its limit, so that those who lost a
 * store at the same moment do not all come back at the same moment.
 */
final class Backoff {
    private final long firstNanos;
    private final long maxNanos;
    private final RandomGenerator random;
    private long nextNanos;

    Backoff(Duration first, Duration max, RandomGenerator random) {
        this.firstNanos = first.toNanos();
        this.maxNanos = max.toNanos();
        this.random = random;
        this.nextNanos = firstNanos;
    }

    Duration next() {
        long pause = nextNanos;
        nextNanos = Math.min(maxNanos, nextNanos * 2);
        return Duration.ofNanos(random.nextLong(pause + 1));
    }

    void reset() {
        nextNanos = firstNanos;
    }
}
