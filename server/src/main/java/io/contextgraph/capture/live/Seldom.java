// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Says yes once an hour at most: for what is worth a line in the log, and no more.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class Seldom {
    private static final Duration BETWEEN = Duration.ofHours(1);

    private final InstantSource clock;
    private Instant last = Instant.MIN;

    Seldom(InstantSource clock) {
        this.clock = clock;
    }

    /** Whether it is time. */
    synchronized boolean now() {
        Instant now = clock.instant();
        if (last.isAfter(now.minus(BETWEEN))) {
            return false;
        }
        last = now;
        return true;
    }
}
