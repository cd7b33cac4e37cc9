// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.access.Access;
import io.contextgraph.access.AccessSettings;
import io.contextgraph.access.RateLimits;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.cli.workspace.Workspace.Serving;
import io.contextgraph.config.Settings;
import io.contextgraph.http.engine.Door;
import io.contextgraph.http.engine.HttpServer;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Origins;
import io.contextgraph.http.system.HealthRoutes;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Health;
import io.contextgraph.ops.Metrics;
import io.contextgraph.ops.Version;
import io.contextgraph.projection.ProjectionCheck;
import io.contextgraph.projection.ProjectionMetrics;
import io.contextgraph.projection.WorkerRunner;
import io.contextgraph.tracing.Tracing;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** A process that feeds the graph and does nothing else; tells whoever looks after it how it is. */
final class Worker {
    /** Nobody is asked for a key here, so that nobody else may ask. */
    static final String HOST = "127.0.0.1";

    private Worker() {}

    /** Begins to feed the graph. */
    static Serving start(Settings settings, Clock clock, Stores stores, Feeding feeding) {
        ClosingStack running = new ClosingStack();
        try {
            Metrics metrics = new Metrics();
            WorkerRunner projection = feeding.runner(running);
            Check check = new ProjectionCheck(feeding.lag(), Optional.of(projection), clock);
            ProjectionMetrics.progress(metrics, feeding.lag()::now, clock);
            ProjectionMetrics.work(metrics, projection.worker(), check);
            stores.ledger().watch(metrics);
            Health health = new Health(
                    List.of(stores.ledger().redisCheck(), stores.graph().check(), check), Server.HEALTH_TIMEOUT);
            health.watch(metrics);
            HttpSettings how =
                    HttpSettings.from(settings, Version.current()).at(HOST, settings.get(HttpSettings.METRICS_PORT));
            Door door = new Door(
                    Access.open(),
                    new RateLimits(AccessSettings.from(settings), how.limits().maxBodyBytes()),
                    new AuditTrail(stores.ledger().log(), how.durability(), clock),
                    Origins.OWN);
            HttpServer http = running.push(new HttpServer(
                    how,
                    door,
                    Optional.empty(),
                    List.of(new HealthRoutes(health, metrics, how.version())),
                    metrics,
                    Tracing.OFF));
            http.start();
            projection.start();
            Reload reload = new Reload(settings, how, door.limits(), Optional.empty());
            return new Started(running, Server.address(false, HOST, http.port()), stores.lost(), reload);
        } catch (RuntimeException | Error e) {
            running.close();
            throw e;
        }
    }
}
