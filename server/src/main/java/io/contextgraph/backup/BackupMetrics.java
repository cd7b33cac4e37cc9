// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.ops.Metrics;
import io.contextgraph.ops.Metrics.Reading;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** What can be watched of backups. */
public final class BackupMetrics {
    private BackupMetrics() {}

    /**
     * How they stand, as it was seen last; ages are NaN where there is none.
     *
     * @param schedule who looks at them here; empty where there is no place for them
     */
    public static void standing(Metrics metrics, Optional<BackupSchedule> schedule, InstantSource clock) {
        metrics.store(
                () -> schedule.map(BackupSchedule::standing).orElse(BackupStanding.unknown(Duration.ZERO)),
                List.of(
                        new Reading<>(
                                "backup.age.seconds",
                                "How long ago the newest backup was taken",
                                s -> age(s.newest(), clock)),
                        new Reading<>(
                                "backup.verified.age.seconds",
                                "How long ago the newest backup was taken that was verified",
                                s -> age(s.verified(), clock)),
                        new Reading<>(
                                "backup.interval.seconds",
                                "How old the newest backup may become before the next is taken; 0: nobody takes them",
                                s -> s.interval().toMillis() / 1000.0),
                        new Reading<>(
                                "backup.failing",
                                "1 while backups by the schedule fail or are not verified",
                                s -> s.failure().isPresent() ? 1 : 0)));
    }

    private static double age(Optional<Backup> backup, InstantSource clock) {
        return backup.map(last -> Duration.between(last.at(), clock.instant()).toMillis() / 1000.0)
                .orElse(Double.NaN);
    }
}
