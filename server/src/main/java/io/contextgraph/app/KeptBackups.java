// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.backup.BackupCheck;
import io.contextgraph.backup.BackupSchedule;
import io.contextgraph.backup.BackupSettings;
import io.contextgraph.backup.BackupWork;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.operation.Operations;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Version;
import io.contextgraph.storage.Storage;
import java.time.Clock;
import java.util.Optional;

/** The backups of a ledger, where there is a place for them: their schedule, and whether they are as they should be. */
record KeptBackups(Storage storage, BackupSchedule schedule, Check check) implements AutoCloseable {
    /** Nothing is started. */
    static Optional<KeptBackups> of(
            Settings settings, Backends.Factory factory, Clock clock, RedisLedger ledger, Operations operations) {
        if (settings.get(BackupSettings.LOCATION).isEmpty()) {
            return Optional.empty();
        }
        Storage storage = StoredBackups.storage(settings);
        BackupWork work = new BackupWork(
                StoredBackups.backups(storage, settings, factory, clock),
                ledger.snapshots(),
                ledger.epochs(),
                Version.current());
        BackupSchedule schedule = new BackupSchedule(
                work, operations, settings.get(BackupSettings.INTERVAL), settings.get(BackupSettings.VERIFY), clock);
        return Optional.of(new KeptBackups(storage, schedule, new BackupCheck(storage, schedule, clock)));
    }

    @Override
    public void close() {
        try (storage) {
            schedule.close();
        }
    }
}
