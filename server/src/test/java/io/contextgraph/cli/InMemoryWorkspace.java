// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.access.KeyStore;
import io.contextgraph.access.MemoryKeyStore;
import io.contextgraph.archive.Archive;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.audit.Repair;
import io.contextgraph.audit.Repaired;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupWork;
import io.contextgraph.cli.workspace.OpenPartition;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.config.Settings;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.FailingEventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.OtherLog;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.memory.InMemoryKeyNews;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.operation.Operations;
import io.contextgraph.operation.Watcher;
import io.contextgraph.ops.Finding;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureParts;
import io.contextgraph.privacy.erasure.ErasurePlace;
import io.contextgraph.privacy.setup.PersonalKeys;
import io.contextgraph.privacy.subject.Subjects;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.projection.Redrive;
import io.contextgraph.proof.TestProofs;
import io.contextgraph.proof.audit.Proving;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.retention.Ceilings;
import io.contextgraph.retention.LocalRetaining;
import io.contextgraph.retention.Retaining;
import io.contextgraph.retention.Retention;
import io.contextgraph.retention.RetentionSettings;
import io.contextgraph.storage.Storage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The reference stores as a workspace; outlives the commands that open it. */
public final class InMemoryWorkspace implements Workspace, OpenPartition {
    public final InMemoryLedger ledger;
    public final InMemoryGraph graph = new InMemoryGraph();
    public final MemoryKeyStore keys = new MemoryKeyStore();
    /** What every call of the log fails with; null while the ledger is there. */
    @Nullable
    LedgerException lost;

    /** Where events are archived; null where they are not. */
    public @Nullable Storage archive;

    /** Takes backups; empty where none are kept. */
    public Optional<BackupWork> kept = Optional.empty();

    public Path archivedIds = Path.of("");

    /** Keys of persons; null where there are none. */
    @Nullable
    PersonalKeys persons;

    /** What others can be shown. */
    public final TestProofs proofs;

    private final EventFeed feed;
    private final Clock clock;

    /** No server is asked here. */
    static final ServerFactory NO_SERVER = server -> {
        throw new IOException("no server is asked here: " + server);
    };

    public InMemoryWorkspace(Clock clock) {
        this.clock = clock;
        this.ledger = new InMemoryLedger(clock);
        this.feed = ledger.feed("projection");
        this.proofs = new TestProofs(ledger, clock);
    }

    @Override
    public Partition ledger() {
        LedgerException why = lost;
        if (why == null) {
            return ledger;
        }
        FailingEventLog failing = new FailingEventLog(ledger);
        failing.failWith(why);
        return new OtherLog(ledger, failing);
    }

    @Override
    public List<OpenPartition> partitions() {
        return List.of(this);
    }

    @Override
    public Optional<Subjects> subjects() {
        return Optional.ofNullable(persons)
                .map(all -> new Subjects(ledger, List::of, all.pseudonyms(), all.store(), all.sealer()));
    }

    @Override
    public Optional<Eraser> eraser() {
        return eraser(List.of());
    }

    Optional<Eraser> eraser(List<ErasurePlace> places) {
        return Optional.ofNullable(persons)
                .map(all -> new Eraser(
                        ledger,
                        all.store(),
                        new ErasureParts(all.dataKeys(), new InMemoryKeyNews(), places, trail(), all.receipts()),
                        clock));
    }

    @Override
    public Operations operations() {
        return new Operations(clock, ledger.operations());
    }

    @Override
    public Proving proving() {
        return proofs.proving();
    }

    @Override
    public String storage() {
        return "memory";
    }

    @Override
    public GraphReader graph() {
        return graph;
    }

    @Override
    public long catchUp(LongConsumer lag) {
        ProjectionSettings settings = new ProjectionSettings(10, Duration.ZERO, 1, Duration.ZERO);
        try (ProjectionWorker worker = new ProjectionWorker("worker", feed, graph, settings, clock)) {
            while (worker.doWork() > 0) {
                lag.accept(feed.progress().lag());
            }
        }
        return feed.progress().lag();
    }

    public Verifier verifier() {
        return new Verifier(ledger, new GraphLag(List.of(new ProjectionLag(feed))), graph);
    }

    public Repair repair() {
        return new Repair(verifier(), ledger.parking(), graph, graph);
    }

    public Rebuild rebuild() {
        return new Rebuild(ledger, graph, graph, repair(), Optional.empty(), clock);
    }

    @Override
    public Audited<Verification> verify(Verifier.Depth depth, int max, Watcher watcher) {
        Findings found = new Findings(max);
        return new Audited<>(verifier().verify(depth, Duration.ZERO, watcher, found), found);
    }

    @Override
    public Audited<Repaired> repair(Verifier.Depth depth, int max, Watcher watcher) {
        Findings found = new Findings(max);
        return new Audited<>(repair().run(depth, Duration.ZERO, watcher, found), found);
    }

    @Override
    public Audited<Rebuilt> rebuild(Rebuild.Start start, int max, Watcher watcher) {
        Findings found = new Findings(max);
        return new Audited<>(rebuild().run(start, Duration.ZERO, watcher, found), found);
    }

    @Override
    public List<Redrive.Result> redrive(List<ParkedId> ids) {
        return ids.stream().map(new Redrive(ledger.parking(), graph)::redrive).toList();
    }

    public Retention retention() {
        return new Retention(ledger(), RetentionSettings.DEFAULT, Ceilings.none(ledger(), clock), clock, "here");
    }

    @Override
    public Retaining retaining(String by) {
        return new LocalRetaining(retention(), by);
    }

    @Override
    public Backup backUp(Watcher watcher) {
        try (Operations operations = new Operations(clock, ledger.operations())) {
            return kept.orElseThrow().runAlone(operations, pause -> false, watcher);
        }
    }

    @Override
    public boolean archives() {
        return archive != null;
    }

    @Override
    public Optional<Archive> archive() {
        return Optional.ofNullable(archive).flatMap(storage -> Archive.of(storage, ledger.epochs()));
    }

    @Override
    public Archive archive(UUID other, int partition) {
        return new Archive(Optional.ofNullable(archive).orElseThrow(), other, partition);
    }

    @Override
    public Restorer restorer(Archive of) {
        return new Restorer(ledger(), of, "here", clock);
    }

    @Override
    public Path archivedIds() {
        return archivedIds;
    }

    @Override
    public KeyStore accessKeys() {
        return keys;
    }

    @Override
    public AuditTrail trail() {
        return new AuditTrail(ledger().log(), Durability.MEMORY, clock);
    }

    @Override
    public List<Finding> examine() {
        return List.of(Finding.of(Finding.Level.OK, "ledger", "in memory"));
    }

    @Override
    public Serving project() {
        return serve();
    }

    @Override
    public Serving serve() {
        return new Serving() {
            @Override
            public void reload(Settings settings) {}

            @Override
            public URI address() {
                return URI.create("http://127.0.0.1:0");
            }

            @Override
            public CompletableFuture<String> lost() {
                return new CompletableFuture<>();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
