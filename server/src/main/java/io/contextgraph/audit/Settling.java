// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.projection.ProjectionLag;
import java.time.Duration;

/**
 * Says whether the graph has seen what a partition of the ledger had, and gives it time for that while it comes nearer.
 *
 * <p><b>Units and bounds.</b> Waits at most {@value #MOST_STEPS} steps for one session; once the graph has not moved for as
 * long as there is patience, no longer for any, until it moves again.
 *
 * <p><b>Threads.</b> For one thread.
 */
final class Settling {
    private static final Duration STEP = Duration.ofSeconds(2);
    private static final int MOST_STEPS = 30;

    private final ProjectionLag lag;
    private final Duration patience;
    private Duration standing = Duration.ZERO;
    private long seen = -1;

    Settling(ProjectionLag lag, Duration patience) {
        this.lag = lag;
        this.patience = patience;
    }

    /** Whether the graph has seen every event up to number {@code seq}, now or after a while. */
    boolean hasSeen(long seq) {
        if (seen >= seq) {
            return true;
        }
        note(lag.now().seenThroughSeq(), Duration.ZERO);
        for (int step = 0; seen < seq && step < MOST_STEPS && standing.compareTo(patience) < 0; step++) {
            note(lag.await(seq, STEP).seenThroughSeq(), STEP);
        }
        return seen >= seq;
    }

    private void note(long now, Duration waited) {
        standing = now > seen ? Duration.ZERO : standing.plus(waited);
        seen = now;
    }
}
