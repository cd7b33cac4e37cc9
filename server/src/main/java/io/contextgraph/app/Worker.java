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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A process that feeds the graph and does nothing else; tells whoever looks after it how it is. */
final class Worker {
    /** Nobody is asked for a key here, so that nobody else may ask. */
    static final String HOST = "127.0.0.1";

    private Worker() {}

    /** Begins to feed the graph. */
    static Serving start(Settings settings, Clock clock, Stores stores, List<LocalPartition> partitions) {
        ClosingStack running = new ClosingStack();
        try {
            Metrics metrics = new Metrics();
            List<Check> stored = new ArrayList<>();
            List<Check> fed = new ArrayList<>();
            List<WorkerRunner> runners = new ArrayList<>();
            for (LocalPartition partition : partitions) {
                StoredPartition one = partition.stored();
                Metrics own = one.metrics(metrics);
                Feeding feeding = partition.feeding();
                WorkerRunner runner = feeding.runner(running);
                Check check = new ProjectionCheck(feeding.lag(), Optional.of(runner), clock);
                ProjectionMetrics.progress(own, feeding.lag()::now, clock);
                ProjectionMetrics.work(own, runner.worker(), check);
                one.ledger().watch(own);
                stored.add(one.named(one.ledger().redisCheck()));
                fed.add(one.named(check));
                runners.add(runner);
            }
            Health health = new Health(
                    Stream.of(stored, List.of(stores.graph().check()), fed)
                            .flatMap(List::stream)
                            .toList(),
                    Server.HEALTH_TIMEOUT);
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
            runners.forEach(WorkerRunner::start);
            Reload reload = new Reload(settings, how, door.limits(), Optional.empty());
            return new Started(running, Server.address(false, HOST, http.port()), stores.lost(), reload);
        } catch (RuntimeException | Error e) {
            running.close();
            throw e;
        }
    }
}
