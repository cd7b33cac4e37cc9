// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How backups of a ledger stand.
 *
 * @param interval how old the newest may become before the next is taken; zero where nobody takes them by a schedule
 * @param newest empty where there is none
 * @param verified the newest of those that were verified
 * @param failure why the last try failed, or what is wrong with the newest or stays beside it; empty where nothing is
 */
record BackupStanding(Duration interval, Optional<Backup> newest, Optional<Backup> verified, Optional<String> failure) {
    /** Of so many intervals the newest may be old before something is wrong. */
    private static final int LATE = 2;

    static BackupStanding unknown(Duration interval) {
        return new BackupStanding(interval, Optional.empty(), Optional.empty(), Optional.empty());
    }

    BackupStanding failing(Optional<String> why) {
        return new BackupStanding(interval, newest, verified, why);
    }

    boolean isScheduled() {
        return !interval.isZero();
    }

    boolean isDue(Instant now) {
        return isScheduled()
                && newest.map(last -> !last.at().plus(interval).isAfter(now)).orElse(true);
    }

    /**
     * Whether there should be a newer one by now.
     *
     * @param last the one that counts
     */
    boolean isLate(Optional<Backup> last, Instant now) {
        return isScheduled()
                && last.filter(backup ->
                                backup.at().plus(interval.multipliedBy(LATE)).isBefore(now))
                        .isPresent();
    }
}
