// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.kill.History.Kill;
import io.contextgraph.bench.kill.KillPlan.AppendFsync;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which events the death of Redis may take: none that was synced. With {@code appendfsync always} that is every
 * acknowledged one. With {@code everysec} Redis may hold back what it took in the last two seconds, because it does
 * not write to a file that is being synced; it is always the newest part of the ledger that goes.
 *
 * @param kills of Redis, in order of time
 */
record LossRule(AppendFsync appendFsync, List<Kill> kills) {
    /** As long as Redis waits for a sync before it writes all the same. */
    private static final Duration HELD_BACK = Duration.ofSeconds(2);

    /** A kill begins somewhat later than it is said to, and clocks tick in milliseconds. */
    private static final Duration MEASURED_LATE = Duration.ofMillis(500);

    LossRule {
        kills = List.copyOf(kills);
    }

    /** The kill that an event of this time must have survived, if it survived any. */
    Optional<Kill> firstAfter(Instant recordedAt) {
        return kills.stream().filter(kill -> !kill.ended().isBefore(recordedAt)).findFirst();
    }

    /** Whether an event that was acknowledged as {@code memory} may be gone. */
    boolean mayLose(Instant recordedAt) {
        return appendFsync == AppendFsync.EVERYSEC
                && firstAfter(recordedAt)
                        .map(kill -> kill.begun().minus(HELD_BACK).minus(MEASURED_LATE))
                        .filter(earliest -> !recordedAt.isBefore(earliest))
                        .isPresent();
    }

    /**
     * Whether the newest part of what somebody has read may be gone: only a kill of Redis takes it. That is noticed some seconds
     * later, so that more may have been read in between.
     *
     * @param told how often whoever has read it was told so before, each time for another kill
     */
    boolean mayLoseWhatWasRead(int told) {
        return appendFsync == AppendFsync.EVERYSEC && kills.size() > told;
    }
}
