// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.access.KeyStore;
import io.contextgraph.archive.Archive;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.audit.Repaired;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupStore;
import io.contextgraph.cli.workspace.OpenPartition;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.EventLimits;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.operation.Watcher;
import io.contextgraph.ops.Finding;
import io.contextgraph.projection.Redrive;
import io.contextgraph.proof.audit.Proving;
import io.contextgraph.remote.RemoteDesk;
import io.contextgraph.remote.RemoteServer;
import io.contextgraph.remote.ServerAddress;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.retention.Retaining;
import io.contextgraph.wire.ReportReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;
import tools.jackson.databind.JsonNode;

/** A deployment through its server, for one command. */
final class RemoteWorkspace implements Workspace {
    private final ServerAddress address;
    private final RemoteServer server;

    private RemoteWorkspace(ServerAddress address, RemoteServer server) {
        this.address = address;
        this.server = server;
    }

    /** @throws IOException with a message that names the cause */
    static RemoteWorkspace open(ServerAddress address) throws IOException {
        return new RemoteWorkspace(address, RemoteServer.open(address));
    }

    @Override
    public Ledger ledger() {
        return server.ledger();
    }

    @Override
    public String storage() {
        return "the server at " + address;
    }

    @Override
    public GraphReader graph() {
        return server.graph();
    }

    @Override
    public EventLimits limits(EventLimits set) {
        return server.limits();
    }

    @Override
    public Optional<String> server() {
        return Optional.of(server.version());
    }

    @Override
    public long catchUp(LongConsumer left) {
        return server.lag().stream()
                .mapToLong(lag -> LocalWorkspace.await(lag, left))
                .sum();
    }

    @Override
    public Audited<Verification> verify(Verifier.Depth depth, int max, Watcher watcher) {
        JsonNode report = server.verify(depth, max, watcher);
        return new Audited<>(ReportReader.verification(report), ReportReader.findings(report));
    }

    @Override
    public Audited<Repaired> repair(Verifier.Depth depth, int max, Watcher watcher) {
        JsonNode report = server.repair(depth, max, watcher);
        return new Audited<>(ReportReader.repaired(report), ReportReader.findings(report));
    }

    @Override
    public Audited<Rebuilt> rebuild(Rebuild.Start start, int max, Watcher watcher) {
        JsonNode report = server.rebuild(start, max, watcher);
        return new Audited<>(ReportReader.rebuilt(report), ReportReader.findings(ReportReader.repair(report)));
    }

    @Override
    public List<Redrive.Result> redrive(List<ParkedId> ids) {
        return server.redrive(ids);
    }

    @Override
    public List<OpenPartition> partitions() {
        return server.partitions().stream()
                .<OpenPartition>map(AskedPartition::new)
                .toList();
    }

    @Override
    public List<Finding> examine() {
        return server.examine();
    }

    @Override
    public KeyStore accessKeys() {
        throw new UnsupportedOperationException("keys are managed on the stores");
    }

    @Override
    public AuditTrail trail() {
        throw new UnsupportedOperationException("a server keeps its trail by itself");
    }

    @Override
    public Serving project() {
        throw new UnsupportedOperationException("a server is not fed from outside");
    }

    @Override
    public Serving serve() {
        throw new UnsupportedOperationException("a server is started on the stores");
    }

    @Override
    public void close() {
        server.close();
    }

    /** A partition of which its server is asked. */
    private record AskedPartition(RemoteDesk desk) implements OpenPartition {
        private static UnsupportedOperationException onStores() {
            return new UnsupportedOperationException("archives are looked at on the stores");
        }

        @Override
        public Retaining retaining(String by) {
            return desk.retaining();
        }

        @Override
        public Backup backUp(Watcher watcher) {
            return desk.backups().create(watcher);
        }

        @Override
        public Proving proving() {
            return desk.proving();
        }

        @Override
        public BackupStore backups() {
            return desk.backups();
        }

        @Override
        public boolean archives() {
            throw onStores();
        }

        @Override
        public Optional<Archive> archive() {
            throw onStores();
        }

        @Override
        public Archive archive(UUID ledger, int partition) {
            throw onStores();
        }

        @Override
        public Restorer restorer(Archive archive) {
            throw onStores();
        }

        @Override
        public Path archivedIds() {
            throw onStores();
        }
    }
}
