// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupCheck;
import io.contextgraph.backup.BackupSchedule;
import io.contextgraph.backup.BackupSettings;
import io.contextgraph.backup.BackupWork;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.OperationStore;
import io.contextgraph.operation.Operations;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Version;
import io.contextgraph.retention.Rest;
import io.contextgraph.storage.Storage;
import java.time.Clock;

/** The backups of a ledger: what takes them, their schedule, and whether they are as they should be. */
record KeptBackups(BackupWork work, BackupSchedule schedule, Check check) implements AutoCloseable {
    /**
     * Starts nothing.
     *
     * @param storage where they are; stays open longer than what is begun with them
     * @param trail on which those of the schedule are recorded
     * @param operations in which they are to be seen
     */
    static KeptBackups of(
            Settings settings,
            Backends.Factory factory,
            Clock clock,
            StoredPartition stored,
            Storage storage,
            AuditTrail trail,
            Operations operations) {
        BackupWork work = work(settings, factory, clock, stored, storage);
        BackupSchedule schedule = new BackupSchedule(
                work,
                operations,
                trail,
                settings.get(BackupSettings.INTERVAL),
                settings.get(BackupSettings.VERIFY),
                clock);
        return new KeptBackups(work, schedule, new BackupCheck(storage, schedule, clock));
    }

    private static BackupWork work(
            Settings settings, Backends.Factory factory, Clock clock, StoredPartition stored, Storage storage) {
        return new BackupWork(
                StoredBackups.backups(storage, settings, stored.number(), factory, clock),
                stored.ledger().snapshots(),
                stored.ledger().epochs(),
                Version.current());
    }

    /**
     * Takes one and waits for it.
     *
     * @throws WorkFailedException when that cannot be, or another process takes one
     * @throws ConfigurationException when the settings do not say where backups are
     */
    static Backup take(
            Settings settings,
            Backends.Factory factory,
            Clock clock,
            StoredPartition stored,
            OperationStore store,
            Watcher watcher) {
        try (Storage storage = StoredBackups.storage(settings, stored.number());
                Operations operations = new Operations(clock, store)) {
            return work(settings, factory, clock, stored, storage).runAlone(operations, Rest::sleeping, watcher);
        }
    }

    @Override
    public void close() {
        schedule.close();
    }
}
