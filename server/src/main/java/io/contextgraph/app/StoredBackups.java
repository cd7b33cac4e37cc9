// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.audit.Difference;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Verifier;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupSettings;
import io.contextgraph.backup.Backups;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.cli.workspace.Workspace.Restored;
import io.contextgraph.cli.workspace.Workspace.StartReport;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.partition.PartitionSettings;
import io.contextgraph.operation.Watcher;
import io.contextgraph.ops.Finding;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** What can be done with backups whether there is a ledger or not. */
final class StoredBackups implements Workspace.BackupDesk {
    private final Settings settings;
    private final Backends.Factory factory;
    private final Clock clock;
    private final int partition;
    private final Storage storage;
    private final Backups backups;

    /**
     * Those of a partition.
     *
     * @param which says which one, of so many
     * @throws ConfigurationException when the settings do not say where backups are
     */
    StoredBackups(Settings settings, IntUnaryOperator which, Backends.Factory factory, Clock clock) {
        this.settings = settings;
        this.partition = which.applyAsInt(settings.get(PartitionSettings.PARTITIONS));
        this.factory = factory;
        this.clock = clock;
        this.storage = storage(settings, partition);
        this.backups = backups(storage, settings, partition, factory, clock);
    }

    static Storage storage(Settings settings, int partition) {
        StorageLocation location = settings.get(BackupSettings.LOCATION)
                .orElseThrow(() -> new ConfigurationException(List.of(BackupSettings.LOCATION.key()
                        + " (CG_BACKUP_LOCATION) must say where backups are kept: a folder, or"
                        + " s3://bucket/prefix")));
        return Storages.open(within(location, settings, partition), settings);
    }

    private static StorageLocation within(StorageLocation location, Settings settings, int partition) {
        return location.within(StoredPartition.folder(partition, settings.get(PartitionSettings.PARTITIONS)));
    }

    static Backups backups(Storage storage, Settings settings, int partition, Backends.Factory factory, Clock clock) {
        int of = settings.get(PartitionSettings.PARTITIONS);
        Path folder = settings.get(BackendSettings.DATA_DIR);
        return new Backups(
                storage,
                StoredPartition.folder(partition, of)
                        .map(folder::resolve)
                        .orElse(folder)
                        .resolve("backup-work"),
                settings.get(BackupSettings.VERIFY)
                        ? Optional.of(new StartedTrial(
                                settings, new LedgerHeader.Share(partition, of, Optional.empty()), factory))
                        : Optional.empty(),
                settings.get(BackupSettings.KEEP),
                clock);
    }

    /** How many there are; none where none are kept. */
    static long count(Settings settings, Backends.Factory factory, Clock clock) {
        Optional<StorageLocation> location = settings.get(BackupSettings.LOCATION);
        if (location.isEmpty()) {
            return 0;
        }
        long all = 0;
        for (int i = 0; i < settings.get(PartitionSettings.PARTITIONS); i++) {
            try (Storage storage = Storages.open(within(location.get(), settings, i), settings)) {
                all += backups(storage, settings, i, factory, clock).list().size();
            }
        }
        return all;
    }

    @Override
    public List<Backup> list() {
        return backups.list();
    }

    @Override
    public Optional<Backup> find(String id) {
        return backups.find(id);
    }

    @Override
    public Backup verify(Backup backup, Watcher watcher) {
        return backups.verify(backup, watcher);
    }

    @Override
    public void fetch(Backup backup, Path to) {
        Path ignored = backups.using(backup, snapshot -> Files.copy(snapshot, to));
    }

    @Override
    public Restored restore(Backup backup, AuditTrail.Request request, int max, StartReport report, Watcher watcher)
            throws IOException {
        Path folder = settings.get(BackendSettings.DATA_DIR);
        boolean embedded = settings.get(RedisSettings.URL).isEmpty();
        Optional<Backends.DataThereException> held = embedded ? plant(backup, folder) : Optional.empty();
        boolean planted = embedded && held.isEmpty();
        boolean graph = settings.get(Neo4jSettings.URI).isPresent() || Files.isDirectory(folder.resolve("neo4j"));
        Workspace.Needs needs = graph ? Workspace.Needs.LEDGER_AND_GRAPH : Workspace.Needs.LEDGER;
        try (LocalWorkspace workspace = LocalWorkspace.open(settings, needs, factory, clock, report)) {
            requireRestored(ledger(workspace).epochs().now(), backup, planted);
            // Before anything else is read: who was erased since stays erased.
            workspace.replayErasures().ifPresent(report::notice);
            return begin(workspace, backup, request, graph ? Optional.of(max) : Optional.empty(), watcher);
        } catch (NotRestoredException other) {
            if (held.isPresent()) {
                throw held.get();
            }
            throw planted ? new IOException(other.getMessage() + "; " + left(folder), other) : other;
        } catch (IOException notOpen) {
            throw planted ? new IOException(notOpen.getMessage() + "; " + left(folder), notOpen) : notOpen;
        }
    }

    /** Puts it where it is read when Redis starts; where there is data, which may be what an earlier try has put there, it says so. */
    private Optional<Backends.DataThereException> plant(Backup backup, Path folder) {
        return backups.using(backup, snapshot -> {
            try {
                factory.plant(folder, snapshot, backup.store());
                return Optional.empty();
            } catch (Backends.DataThereException there) {
                return Optional.of(there);
            }
        });
    }

    private static String left(Path folder) {
        return "what is in the backup was put below " + folder.resolve("redis")
                + ", where no data was, and stays there:" + " move that away before another try";
    }

    /** The ledger that is there is not the one of a backup. */
    static final class NotRestoredException extends IOException {
        private static final long serialVersionUID = 1L;

        NotRestoredException(String message) {
            super(message);
        }
    }

    /**
     * Refuses where the ledger that is there is not what a backup holds, and nothing else; an epoch that has begun since, and in
     * it nothing, is what an earlier try has left.
     *
     * @param planted whether nobody but this process can have written to it since: then its end is that of the backup
     */
    static void requireRestored(Epochs.Standing there, Backup backup, boolean planted) throws NotRestoredException {
        boolean seen = backup.trial().head().isPresent();
        if (!seen && !planted) {
            throw new NotRestoredException("no trial has seen where the ledger ends in the backup " + backup.id()
                    + ", so that nobody can tell whether something was appended since it was put back: contextgraph"
                    + " backup verify " + backup.id() + " first; nothing was changed");
        }
        Head head = there.head();
        LedgerIdentity identity = there.identity();
        boolean same =
                seen ? head.equals(backup.head()) : head.seq() >= backup.head().seq();
        boolean begun = seen && !planted && identity.epoch() > backup.epoch();
        if (!identity.id().equals(Optional.of(backup.ledger()))
                || !same
                || (!begun && identity.epoch() != backup.epoch())) {
            throw new NotRestoredException(
                    "the ledger that is there is not what the backup %s holds: it ends with %d at %s in epoch %d, the backup with %s%d at %s in epoch %d%s"
                            .formatted(
                                    backup.id(),
                                    head.seq(),
                                    head.position(),
                                    identity.epoch(),
                                    seen ? "" : "at least ",
                                    backup.head().seq(),
                                    backup.head().position(),
                                    backup.epoch(),
                                    planted ? "" : "; nothing was changed"));
        }
    }

    private RedisLedger ledger(LocalWorkspace workspace) {
        return workspace.parts().get(partition).stored().ledger();
    }

    /** Other partitions in the same Redis have gone back with this one: what was read behind their ends is gone, too. */
    private void beginBeside(LocalWorkspace workspace) {
        for (LocalPartition other : workspace.parts()) {
            StoredPartition stored = other.stored();
            if (stored.number() != partition
                    && settings.get(PartitionSettings.NODES).isEmpty()) {
                Epochs epochs = stored.ledger().epochs();
                Epochs.Standing there = epochs.now();
                long epoch = there.identity().epoch();
                boolean ignored = epochs.begin(epoch, Math.max(epoch + 1, clock.millis()), there.head());
            }
        }
    }

    /**
     * Begins an epoch behind the end that is back: what was read behind it is known to be gone from then on. Its number is the
     * time, so that one backup that is restored in two places is not in the same epoch in both.
     */
    private Restored begin(
            LocalWorkspace workspace,
            Backup backup,
            AuditTrail.Request request,
            Optional<Integer> compared,
            Watcher watcher)
            throws IOException {
        beginBeside(workspace);
        Epochs epochs = ledger(workspace).epochs();
        Epochs.Standing there = epochs.now();
        if (there.identity().epoch() == backup.epoch()) {
            boolean ignored = epochs.begin(backup.epoch(), Math.max(backup.epoch() + 1, clock.millis()), there.head());
        }
        Optional<String> missing = workspace
                .parts()
                .get(partition)
                .stored()
                .checkpoints(settings, clock)
                .keep()
                .map(Finding::message);
        Findings found = new Findings(compared.orElse(0));
        if (compared.isPresent()) {
            workspace.verifier().verify(Verifier.Depth.DIGEST, Duration.ZERO, watcher, found);
        }
        AuditTrail trail = workspace.trail();
        trail.outcome(trail.record(request), true, Map.of());
        return new Restored(
                there.head(),
                epochs.now().identity().epoch(),
                missing,
                compared.isPresent()
                        ? Optional.of(found.counts().getOrDefault(Difference.Kind.FOREIGN_EVENT, 0L))
                        : Optional.empty(),
                found.named().stream()
                        .filter(difference -> difference.kind() == Difference.Kind.FOREIGN_EVENT)
                        .toList());
    }

    @Override
    public void close() {
        storage.close();
    }
}
