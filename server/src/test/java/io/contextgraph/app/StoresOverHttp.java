// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.access.Access;
import io.contextgraph.access.AccessSettings;
import io.contextgraph.access.KeyRing;
import io.contextgraph.access.RateLimits;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.cli.InMemoryWorkspace;
import io.contextgraph.event.EventLimits;
import io.contextgraph.http.engine.Door;
import io.contextgraph.http.engine.HttpServer;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Origins;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.routes.Routes;
import io.contextgraph.ledger.DuplicateCounts;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.operation.Operations;
import io.contextgraph.ops.Health;
import io.contextgraph.ops.Metrics;
import io.contextgraph.privacy.sealing.PayloadSealer;
import io.contextgraph.privacy.sealing.SealingLedger;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.projection.Redrive;
import io.contextgraph.restoring.Archiving;
import io.contextgraph.tracing.Tracing;
import io.contextgraph.wire.AuditWork;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The real server on a free port, over stores in memory that a test has, too. */
final class StoresOverHttp implements AutoCloseable {
    private final InMemoryWorkspace stores;
    private final Operations operations;
    private final HttpServer server;

    /** Seals what is about persons; empty: nothing about them is taken. */
    volatile Optional<PayloadSealer> sealer = Optional.empty();

    /** Where the server keeps what it has done. */
    final InMemoryLedger record;

    private StoresOverHttp(InMemoryWorkspace stores, Clock clock) {
        this.stores = stores;
        this.record = new InMemoryLedger(clock);
        this.operations = new Operations(clock, stores.ledger.operations());
        ProjectionLag lag = new ProjectionLag(stores.ledger.feed("projection"));
        Metrics metrics = new Metrics();
        AuditWork audit = new AuditWork(stores.verifier(), stores.repair(), stores.rebuild(), Duration.ZERO);
        HttpPorts.Admin admin = new HttpPorts.Admin(
                new Redrive(stores.ledger.parking(), stores.graph),
                operations,
                audit,
                List.of(new HttpPorts.OfPartition(
                        stores.retention(),
                        new Archiving(stores::archive, id -> Optional.empty(), stores::restorer),
                        () -> stores.kept,
                        stores.proofs.ports())),
                stores::examine);
        HttpPorts ports = new HttpPorts(
                new SealingLedger(stores.ledger, () -> sealer),
                new DuplicateCounts(clock),
                stores.graph,
                new GraphLag(List.of(lag)),
                new Health(List.of(), Duration.ofSeconds(1)),
                metrics,
                clock,
                admin,
                HttpPorts.Privacy.NONE);
        // On record elsewhere: in the ledger it would count, and commands on the stores make none.
        AuditTrail trail = new AuditTrail(record, Durability.MEMORY, clock);
        Door door = new Door(
                Access.by(new KeyRing(stores.keys, clock), Optional.empty(), false),
                new RateLimits(new AccessSettings(false, Optional.empty(), 0, 0), 8 << 20),
                trail,
                new Origins(Set.of()));
        HttpSettings settings = new HttpSettings(
                "127.0.0.1",
                0,
                "1.2.3",
                Durability.MEMORY,
                EventLimits.DEFAULTS,
                HttpSettings.Limits.DEFAULTS,
                HttpSettings.Timeouts.DEFAULTS,
                Optional.empty());
        this.server = new HttpServer(
                settings, door, Optional.empty(), Routes.all(settings, ports, List.of()), metrics, Tracing.OFF);
    }

    static StoresOverHttp start(InMemoryWorkspace stores, Clock clock) {
        StoresOverHttp made = new StoresOverHttp(stores, clock);
        made.server.start();
        return made;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    InMemoryWorkspace stores() {
        return stores;
    }

    @Override
    public void close() {
        server.close();
        operations.close();
    }
}
