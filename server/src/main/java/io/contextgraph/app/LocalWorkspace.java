// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.access.KeyStore;
import io.contextgraph.access.KeysCheck;
import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveCheck;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.audit.Repair;
import io.contextgraph.audit.Repaired;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupSettings;
import io.contextgraph.checkpoint.CheckpointCheck;
import io.contextgraph.checkpoint.Checkpoints;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Event;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.neo4j.Neo4jRepair;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.operation.Operations;
import io.contextgraph.operation.Watcher;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Finding;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureReplay;
import io.contextgraph.privacy.subject.Subjects;
import io.contextgraph.projection.ProjectionCheck;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.projection.Redrive;
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
import io.contextgraph.tls.CertificateCheck;
import io.contextgraph.view.PayloadText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;

/** The stores of a deployment, open for one command in this process. */
final class LocalWorkspace implements Workspace {
    /**
     * How long a command waits for the server that feeds the graph, each time without any progress. A server that has just
     * started takes some seconds on a busy machine before Neo4j has planned its first write.
     */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How long the graph may take to catch up before it is compared anyway. */
    private static final Duration CATCHING_UP = Duration.ofSeconds(10);

    private final Settings settings;
    private final Clock clock;
    private final Stores stores;
    private final Backends.Factory factory;
    private final Feeding feeding;
    private final Retention retention;
    private final Partition remembering;
    private final ArchivePlaces places;
    private final Optional<GraphSink> graph;
    private final PersonalParts personal;
    private final ProofParts proof;

    private LocalWorkspace(
            Settings settings,
            Needs needs,
            Clock clock,
            Stores stores,
            Backends.Factory factory,
            PersonalParts personal) {
        this.personal = personal;
        this.factory = factory;
        this.settings = settings;
        this.clock = clock;
        this.stores = stores;
        this.feeding = new Feeding(stores, settings, clock);
        this.places = new ArchivePlaces(settings);
        this.proof = new ProofParts(settings, places, personal, stores, clock);
        this.graph = needs.graph() ? Optional.of(stores.graph()) : Optional.empty();
        this.remembering = personal.sealing(
                needs.serves() || needs.isService() ? stores.ledger() : places.remembering(stores.ledger()));
        this.retention = retention(stores.ledger());
    }

    /** Names this process to others on the same ledger. */
    static String owner() {
        return ProcessHandle.current().pid() + "-"
                + UUID.randomUUID().toString().substring(0, 8);
    }

    /**
     * Opens what a command needs.
     *
     * @throws IOException with a message that says what to do; nothing that was started is left running
     */
    static LocalWorkspace open(
            Settings settings, Needs needs, Backends.Factory factory, Clock clock, StartReport report)
            throws IOException {
        Listening.require(needs, settings, clock);
        PersonalParts personal = new PersonalParts(settings);
        try {
            return new LocalWorkspace(
                    settings, needs, clock, Stores.open(settings, needs, factory, report), factory, personal);
        } catch (IOException | RuntimeException | Error e) {
            personal.close();
            throw e;
        }
    }

    /** What is done with what is about persons. */
    PersonalParts personal() {
        return personal;
    }

    @Override
    public ProofParts proving() {
        return proof;
    }

    @Override
    public Optional<Subjects> subjects() {
        return personal.subjects(stores.ledger(), this::archive);
    }

    @Override
    public Optional<Eraser> eraser() {
        return personal.eraser(stores, places, () -> StoredBackups.count(settings, factory, clock), trail(), clock);
    }

    @Override
    public Optional<String> replayErasures() {
        return personal.replay(stores.ledger()).flatMap(ErasureReplay.Replayed::told);
    }

    @Override
    public Operations operations() {
        return new Operations(clock, stores.ledger().operations());
    }

    /** {@inheritDoc} It knows what only the archive has; a server has its own, which keeps up with it. */
    @Override
    public Partition ledger() {
        return remembering;
    }

    @Override
    public String storage() {
        return stores.ledger().describe();
    }

    @Override
    public GraphReader graph() {
        return stores.graph();
    }

    @Override
    public long catchUp(LongConsumer left) {
        if (stores.alone()) {
            project(left);
        }
        return await(feeding.lag(), left);
    }

    /** Waits for whoever feeds the graph, as long as there is progress; returns how many events it is behind then. */
    static long await(ProjectionLag lag, LongConsumer left) {
        long best = Long.MAX_VALUE;
        while (true) {
            EventFeed.Progress now = lag.now();
            left.accept(now.lag());
            if (now.lag() == 0 || now.lag() >= best) {
                return now.lag();
            }
            best = now.lag();
            lag.await(now.head().seq(), PATIENCE);
        }
    }

    /** Works until there is nothing left to do. */
    private void project(LongConsumer left) {
        try (ProjectionWorker worker = feeding.hastyWorker()) {
            while (worker.doWork() > 0) {
                left.accept(feeding.lag().now().lag());
            }
        }
    }

    Verifier verifier() {
        return new Verifier(stores.ledger(), feeding.lag(), stores.graph());
    }

    Repair repair() {
        return new Repair(verifier(), stores.ledger().parking(), stores.graph(), new Neo4jRepair(stores.graph()));
    }

    Rebuild rebuild() {
        return new Rebuild(
                stores.ledger().order(), stores.graph(), new Neo4jRepair(stores.graph()), repair(), archived(), clock);
    }

    /** What the archive has of events that have gone, where there is one. */
    private Optional<Rebuild.Archived> archived() {
        return places.archive()
                .map(storage -> (project, watcher) -> archive()
                        .ifPresent(archive -> new ArchiveReplay(
                                        archive, stores.ledger(), stores.graph(), LocalWorkspace::said)
                                .run(project, watcher)));
    }

    Redrive redrive() {
        return new Redrive(stores.ledger().parking(), stores.graph());
    }

    @Override
    public Audited<Verification> verify(Verifier.Depth depth, int max, Watcher watcher) {
        Findings found = new Findings(max);
        return new Audited<>(verifier().verify(depth, CATCHING_UP, watcher, found), found);
    }

    @Override
    public Audited<Repaired> repair(Verifier.Depth depth, int max, Watcher watcher) {
        Findings found = new Findings(max);
        return new Audited<>(repair().run(depth, CATCHING_UP, watcher, found), found);
    }

    @Override
    public Audited<Rebuilt> rebuild(Rebuild.Start start, int max, Watcher watcher) {
        Findings found = new Findings(max);
        return new Audited<>(rebuild().run(start, CATCHING_UP, watcher, found), found);
    }

    @Override
    public List<Redrive.Result> redrive(List<ParkedId> ids) {
        return ids.stream().map(redrive()::redrive).toList();
    }

    Retention retention() {
        return retention;
    }

    /** That of a ledger that is this one, measured. */
    Retention retention(Partition measured) {
        CeilingUpkeep.Parts parts =
                places.upkeep(graph, graph.map(ignored -> stores.forgetting(measured, settings)), LocalWorkspace::said);
        return new Retention(
                measured,
                RetentionSettings.from(settings),
                new CeilingUpkeep(measured, CeilingSettings.from(settings), parts, clock),
                clock,
                owner());
    }

    /** What summaries quote of an event. */
    private static String said(Event event) {
        return event.payload().map(PayloadText::of).orElse("");
    }

    @Override
    public Retaining retaining(String by) {
        boolean ignored = proof.signed();
        return new LocalRetaining(retention(), by);
    }

    /** What is remembered of the ledger outside of it. */
    Checkpoints checkpoints() {
        return stores.checkpoints(settings, clock);
    }

    @Override
    public Backup backUp(Watcher watcher) {
        return KeptBackups.take(settings, factory, clock, stores.ledger(), watcher);
    }

    /** Where backups are kept, where that is set; for who closes it. */
    Optional<Storage> backupStorage() {
        return settings.get(BackupSettings.LOCATION).map(place -> Storages.open(place, settings));
    }

    /** The backups that are kept there; nothing of them is started. */
    KeptBackups keptBackups(Storage storage, Operations operations) {
        return KeptBackups.of(settings, factory, clock, stores.ledger(), storage, trail(), operations);
    }

    @Override
    public KeyStore accessKeys() {
        return stores.ledger().accessKeys();
    }

    @Override
    public AuditTrail trail() {
        return new AuditTrail(stores.ledger().log(), settings.get(DurabilitySettings.DEFAULT), clock);
    }

    @Override
    public List<Finding> examine() {
        List<Check> checks = new ArrayList<>(List.of(stores.ledger().redisCheck()));
        checks.add(new CheckpointCheck(stores.checkpoints(settings, clock), Optional.empty()));
        // An embedded Redis has one user with a random password, and no others.
        if (settings.get(RedisSettings.URL).isPresent()) {
            checks.add(stores.ledger().accessCheck());
        }
        checks.add(new KeysCheck(accessKeys(), Optional.empty(), clock));
        HttpSettings.tls(settings).ifPresent(files -> checks.add(new CertificateCheck(files, Optional.empty(), clock)));
        checks.add(stores.graph().check());
        checks.add(new ProjectionCheck(feeding.lag(), Optional.empty(), clock));
        checks.add(new RetentionCheck(retention, Optional.empty(), clock));
        personal.check().ifPresent(checks::add);
        proof.check().ifPresent(checks::add);
        places.archive().ifPresent(storage -> checks.add(new ArchiveCheck(storage, Optional.empty())));
        try (Operations operations = operations();
                ClosingStack opened = new ClosingStack()) {
            backupStorage()
                    .map(opened::push)
                    .map(storage ->
                            opened.push(keptBackups(storage, operations)).check())
                    .ifPresent(checks::add);
            return checks.stream().flatMap(check -> check.examine().stream()).toList();
        }
    }

    @Override
    public Serving serve() {
        return Server.start(settings, clock, stores, feeding, this);
    }

    @Override
    public Serving project() {
        return Worker.start(settings, clock, stores, feeding);
    }

    /** Where what has left the ledger is kept. */
    ArchivePlaces places() {
        return places;
    }

    @Override
    public boolean archives() {
        return places.archive().isPresent();
    }

    @Override
    public Optional<Archive> archive() {
        return places.archive(stores.ledger().epochs());
    }

    @Override
    public Archive archive(UUID ledger, int partition) {
        return places.archive(ledger, partition);
    }

    @Override
    public Restorer restorer(Archive archive) {
        return new Restorer(stores.ledger(), archive, owner(), clock).forgetting(personal.erased(stores.ledger()));
    }

    @Override
    public Path archivedIds() {
        return places.archivedIds();
    }

    @Override
    public void close() {
        try {
            proof.close();
            places.close();
            personal.close();
        } finally {
            stores.close();
        }
    }
}
