// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.ledger.EventFeed.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Notices when the graph is behind the ledger and comes no nearer, whatever those who feed it say of themselves.
 *
 * <p><b>Units and bounds.</b> Learns only by being asked: the first answer about a standstill comes {@link #AFTER} the first
 * question.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Standstill {
    /** Longer than an event that fails takes to be parked, or the work of a dead server to be taken over. */
    public static final Duration AFTER = Duration.ofMinutes(1);

    private final InstantSource clock;
    private @Nullable Instant since;
    private long seen;
    private long projected;

    public Standstill(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Whether there has been something to do for a while and nothing was done.
     *
     * @param now how far the whole group is
     * @param projectedHere how many events this process has projected
     */
    public synchronized boolean lasts(Progress now, long projectedHere) {
        Instant time = clock.instant();
        if (now.lag() == 0) {
            since = null;
            return false;
        }
        if (since == null || now.seenThroughSeq() != seen || projectedHere != projected) {
            since = time;
            seen = now.seenThroughSeq();
            projected = projectedHere;
        }
        return !since.plus(AFTER).isAfter(time);
    }
}
