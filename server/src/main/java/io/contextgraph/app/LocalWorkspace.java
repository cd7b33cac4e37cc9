// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.access.KeyStore;
import io.contextgraph.access.KeysCheck;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.audit.Repair;
import io.contextgraph.audit.Repaired;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.cli.workspace.OpenPartition;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.cli.workspace.Workspace.Needs;
import io.contextgraph.config.Settings;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.neo4j.Neo4jRepair;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.operation.Operations;
import io.contextgraph.operation.Watcher;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Finding;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureReplay;
import io.contextgraph.privacy.subject.Subjects;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.projection.Redrive;
import io.contextgraph.tls.CertificateCheck;
import java.io.IOException;
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
    private final List<LocalPartition> partitions;
    private final ClosingStack closing = new ClosingStack();
    private final Ledger remembering;
    private final PersonalParts personal;

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
        this.partitions = stores.partitions().stream()
                .map(stored ->
                        closing.push(new LocalPartition(settings, needs, clock, stores, stored, factory, personal)))
                .toList();
        this.remembering = Stores.joined(
                partitions.stream().map(LocalPartition::remembering).toList(), closing);
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

    /** Its partitions, as they are in this process. */
    List<LocalPartition> parts() {
        return partitions;
    }

    @Override
    public List<OpenPartition> partitions() {
        return List.copyOf(partitions);
    }

    @Override
    public Optional<Subjects> subjects() {
        return personal.subjects(
                stores.ledger(),
                () -> partitions.stream()
                        .flatMap(partition -> partition.archive().stream())
                        .toList());
    }

    @Override
    public Optional<Eraser> eraser() {
        return personal.eraser(stores, partitions, () -> StoredBackups.count(settings, factory, clock), trail(), clock);
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
    public Ledger ledger() {
        return remembering;
    }

    @Override
    public String storage() {
        return stores.describe();
    }

    @Override
    public GraphReader graph() {
        return stores.graph();
    }

    @Override
    public long catchUp(LongConsumer left) {
        if (stores.feeds()) {
            partitions.forEach(partition -> project(partition.feeding(), left));
        }
        return partitions.stream()
                .mapToLong(partition -> await(partition.feeding().lag(), left))
                .sum();
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
    private static void project(Feeding feeding, LongConsumer left) {
        try (ProjectionWorker worker = feeding.hastyWorker()) {
            while (worker.doWork() > 0) {
                left.accept(feeding.lag().now().lag());
            }
        }
    }

    /** How far the graph is. */
    GraphLag lag() {
        return new GraphLag(
                partitions.stream().map(partition -> partition.feeding().lag()).toList());
    }

    Verifier verifier() {
        return new Verifier(stores.ledger(), lag(), stores.graph());
    }

    Repair repair() {
        return new Repair(verifier(), stores.ledger().parking(), stores.graph(), new Neo4jRepair(stores.graph()));
    }

    Rebuild rebuild() {
        return new Rebuild(
                stores.ledger(), stores.graph(), new Neo4jRepair(stores.graph()), repair(), archived(), clock);
    }

    /** What the archives have of events that have gone, where there are any. */
    private Optional<Rebuild.Archived> archived() {
        List<Rebuild.Archived> all = partitions.stream()
                .flatMap(partition -> partition.archived().stream())
                .toList();
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of((project, watcher) -> all.forEach(one -> one.replay(project, watcher)));
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

    @Override
    public KeyStore accessKeys() {
        return stores.home().ledger().accessKeys();
    }

    @Override
    public AuditTrail trail() {
        return new AuditTrail(stores.ledger().log(), settings.get(DurabilitySettings.DEFAULT), clock);
    }

    @Override
    public List<Finding> examine() {
        List<Check> checks = new ArrayList<>();
        partitions.forEach(partition -> checks.addAll(partition.storeChecks()));
        checks.add(new KeysCheck(accessKeys(), Optional.empty(), clock));
        HttpSettings.tls(settings).ifPresent(files -> checks.add(new CertificateCheck(files, Optional.empty(), clock)));
        checks.add(stores.graph().check());
        personal.check().ifPresent(checks::add);
        partitions.forEach(partition -> checks.addAll(partition.workChecks()));
        try (Operations operations = operations();
                ClosingStack opened = new ClosingStack()) {
            for (LocalPartition partition : partitions) {
                partition
                        .backupStorage()
                        .map(opened::push)
                        .map(storage -> opened.push(partition.keptBackups(storage, trail(), operations))
                                .check())
                        .map(partition.stored()::named)
                        .ifPresent(checks::add);
            }
            return checks.stream().flatMap(check -> check.examine().stream()).toList();
        }
    }

    @Override
    public Serving serve() {
        return Server.start(settings, clock, stores, this);
    }

    @Override
    public Serving project() {
        return Worker.start(settings, clock, stores, partitions);
    }

    @Override
    public void close() {
        try {
            closing.close();
            personal.close();
        } finally {
            stores.close();
        }
    }
}
