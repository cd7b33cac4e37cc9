// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveCheck;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.audit.Rebuild;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupSettings;
import io.contextgraph.checkpoint.CheckpointCheck;
import io.contextgraph.cli.workspace.OpenPartition;
import io.contextgraph.cli.workspace.Workspace.Needs;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Event;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.operation.Operations;
import io.contextgraph.operation.Watcher;
import io.contextgraph.ops.Check;
import io.contextgraph.projection.ProjectionCheck;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.retention.ArchiveReplay;
import io.contextgraph.retention.CeilingSettings;
import io.contextgraph.retention.CeilingUpkeep;
import io.contextgraph.retention.LocalRetaining;
import io.contextgraph.retention.Retaining;
import io.contextgraph.retention.Retention;
import io.contextgraph.retention.RetentionCheck;
import io.contextgraph.retention.RetentionSettings;
import io.contextgraph.storage.Storage;
import io.contextgraph.view.PayloadText;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A partition of a deployment, open for one command in this process. */
final class LocalPartition implements OpenPartition, AutoCloseable {
    private final Settings settings;
    private final Clock clock;
    private final StoredPartition stored;
    private final Stores stores;
    private final Backends.Factory factory;
    private final PersonalParts personal;
    private final Optional<GraphSink> graph;
    private final ArchivePlaces places;
    private final ProofParts proof;
    private final Feeding feeding;
    private final Partition remembering;
    private final Retention retention;

    LocalPartition(
            Settings settings,
            Needs needs,
            Clock clock,
            Stores stores,
            StoredPartition stored,
            Backends.Factory factory,
            PersonalParts personal) {
        this.settings = settings;
        this.clock = clock;
        this.stores = stores;
        this.stored = stored;
        this.factory = factory;
        this.personal = personal;
        this.graph = needs.graph() ? Optional.of(stores.graph()) : Optional.empty();
        this.places = new ArchivePlaces(settings, stored.folder(settings));
        this.proof = new ProofParts(settings, places, personal, stored, stores, clock);
        this.feeding = new Feeding(stored, stores, settings, clock);
        this.remembering = personal.sealing(
                needs.serves() || needs.isService() ? stored.ledger() : places.remembering(stored.ledger()));
        this.retention = retention(stored.ledger());
    }

    /** What it is to itself. */
    StoredPartition stored() {
        return stored;
    }

    /** It knows what only the archive has; a server has its own, which keeps up with it. */
    Partition remembering() {
        return remembering;
    }

    /** Where what has left it is kept. */
    ArchivePlaces places() {
        return places;
    }

    /** What takes its events to the graph. */
    Feeding feeding() {
        return feeding;
    }

    @Override
    public ProofParts proving() {
        return proof;
    }

    /** That of a ledger that is this one, measured. */
    Retention retention(Partition measured) {
        CeilingUpkeep.Parts parts = places.upkeep(
                graph,
                graph.map(ignored -> stores.forgetting(measured, stores.scope(stored), settings)),
                LocalPartition::said);
        return new Retention(
                measured,
                RetentionSettings.from(settings),
                new CeilingUpkeep(measured, CeilingSettings.from(settings), parts, clock),
                clock,
                LocalWorkspace.owner());
    }

    /** What the archive has of events that have gone, where there is one. */
    Optional<Rebuild.Archived> archived() {
        return places.archive()
                .map(storage -> (project, watcher) -> archive()
                        .ifPresent(archive -> new ArchiveReplay(
                                        archive,
                                        stored.ledger(),
                                        stores.scope(stored),
                                        stores.graph(),
                                        LocalPartition::said)
                                .run(project, watcher)));
    }

    /** What summaries quote of an event. */
    private static String said(Event event) {
        return event.payload().map(PayloadText::of).orElse("");
    }

    @Override
    public Retaining retaining(String by) {
        boolean ignored = proof.signed();
        return new LocalRetaining(retention, by);
    }

    @Override
    public Backup backUp(Watcher watcher) {
        return KeptBackups.take(
                settings, factory, clock, stored, stores.ledger().operations(), watcher);
    }

    /** Where backups of it are kept, where that is set; for who closes it. */
    Optional<Storage> backupStorage() {
        return settings.get(BackupSettings.LOCATION)
                .map(place ->
                        Storages.open(place.within(StoredPartition.folder(stored.number(), stored.of())), settings));
    }

    /** The backups of it that are kept there; nothing of them is started. */
    KeptBackups keptBackups(Storage storage, AuditTrail trail, Operations operations) {
        return KeptBackups.of(settings, factory, clock, stored, storage, trail, operations);
    }

    @Override
    public boolean archives() {
        return places.archive().isPresent();
    }

    @Override
    public Optional<Archive> archive() {
        return places.archive(stored.ledger().epochs());
    }

    @Override
    public Archive archive(UUID ledger, int partition) {
        return places.archive(ledger, partition);
    }

    @Override
    public Restorer restorer(Archive archive) {
        return new Restorer(stored.ledger(), archive, LocalWorkspace.owner(), clock)
                .forgetting(personal.erased(stored.ledger()));
    }

    @Override
    public Path archivedIds() {
        return places.archivedIds();
    }

    /** What looks at its store as a command does; what it finds says which partition it is of. */
    List<Check> storeChecks() {
        List<Check> checks = new ArrayList<>(List.of(stored.ledger().redisCheck()));
        checks.add(new CheckpointCheck(stored.checkpoints(settings, clock), Optional.empty()));
        // An embedded Redis has one user with a random password, and no others.
        if (settings.get(RedisSettings.URL).isPresent()) {
            checks.add(stored.ledger().accessCheck());
        }
        return checks.stream().map(stored::named).toList();
    }

    /** The same of what works on it. */
    List<Check> workChecks() {
        List<Check> checks = new ArrayList<>();
        checks.add(new ProjectionCheck(feeding.lag(), Optional.empty(), clock));
        checks.add(new RetentionCheck(retention, Optional.empty(), clock));
        proof.check().ifPresent(checks::add);
        places.archive().ifPresent(storage -> checks.add(new ArchiveCheck(storage, Optional.empty())));
        return checks.stream().map(stored::named).toList();
    }

    @Override
    public void close() {
        proof.close();
        places.close();
    }
}
