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
import io.contextgraph.cli.Workspace;
import io.contextgraph.cli.Workspace.Restored;
import io.contextgraph.cli.Workspace.StartReport;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.redis.client.RedisSettings;
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

/** What can be done with backups whether there is a ledger or not. */
final class StoredBackups implements Workspace.BackupDesk {
    private final Settings settings;
    private final Backends.Factory factory;
    private final Clock clock;
    private final Storage storage;
    private final Backups backups;

    /** @throws ConfigurationException when the settings do not say where backups are */
    StoredBackups(Settings settings, Backends.Factory factory, Clock clock) {
        this.settings = settings;
        this.factory = factory;
        this.clock = clock;
        this.storage = storage(settings);
        this.backups = backups(storage, settings, factory, clock);
    }

    static Storage storage(Settings settings) {
        StorageLocation location = settings.get(BackupSettings.LOCATION)
                .orElseThrow(() -> new ConfigurationException(List.of(BackupSettings.LOCATION.key()
                        + " (CG_BACKUP_LOCATION) must say where backups are kept: a folder, or"
                        + " s3://bucket/prefix")));
        return Storages.open(location, settings);
    }

    static Backups backups(Storage storage, Settings settings, Backends.Factory factory, Clock clock) {
        return new Backups(
                storage,
                settings.get(BackendSettings.DATA_DIR).resolve("backup-work"),
                settings.get(BackupSettings.VERIFY)
                        ? Optional.of(new StartedTrial(settings, factory))
                        : Optional.empty(),
                settings.get(BackupSettings.KEEP),
                clock);
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
        boolean planted = settings.get(RedisSettings.URL).isEmpty();
        if (planted) {
            Path ignored = backups.using(backup, snapshot -> {
                factory.plant(folder, snapshot, backup.store());
                return snapshot;
            });
        }
        boolean graph = settings.get(Neo4jSettings.URI).isPresent() || Files.isDirectory(folder.resolve("neo4j"));
        Workspace.Needs needs = graph ? Workspace.Needs.LEDGER_AND_GRAPH : Workspace.Needs.LEDGER;
        try (LocalWorkspace workspace = LocalWorkspace.open(settings, needs, factory, clock, report)) {
            requireRestored(workspace.ledger().epochs().now(), backup, planted);
            return begin(workspace, backup, request, graph ? Optional.of(max) : Optional.empty(), watcher);
        }
    }

    /**
     * Refuses where the ledger that is there is not what a backup holds, and nothing else.
     *
     * @param planted whether nobody but this process can have written to it since: then its end is that of the backup
     */
    static void requireRestored(Epochs.Standing there, Backup backup, boolean planted) throws IOException {
        boolean seen = backup.trial().head().isPresent();
        if (!seen && !planted) {
            throw new IOException("no trial has seen where the ledger ends in the backup " + backup.id()
                    + ", so that nobody can tell whether something was appended since it was put back: contextgraph"
                    + " backup verify " + backup.id() + " first; nothing was changed");
        }
        Head head = there.head();
        boolean same =
                seen ? head.equals(backup.head()) : head.seq() >= backup.head().seq();
        if (!there.identity().id().equals(Optional.of(backup.ledger()))
                || !same
                || there.identity().epoch() != backup.epoch()) {
            throw new IOException(
                    "the ledger that is there is not what the backup %s holds: it ends with %d at %s in epoch %d, the backup with %s%d at %s in epoch %d; nothing was changed"
                            .formatted(
                                    backup.id(),
                                    head.seq(),
                                    head.position(),
                                    there.identity().epoch(),
                                    seen ? "" : "at least ",
                                    backup.head().seq(),
                                    backup.head().position(),
                                    backup.epoch()));
        }
    }

    /** What was read behind the end that is back is known to be gone, from the new epoch on. */
    private Restored begin(
            LocalWorkspace workspace,
            Backup backup,
            AuditTrail.Request request,
            Optional<Integer> compared,
            Watcher watcher)
            throws IOException {
        Epochs epochs = workspace.ledger().epochs();
        Epochs.Standing there = epochs.now();
        Optional<String> missing = workspace.checkpoints().keep().map(Finding::message);
        if (epochs.now().identity().epoch() == backup.epoch()) {
            boolean ignored = epochs.begin(backup.epoch(), backup.epoch() + 1, there.head());
        }
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
