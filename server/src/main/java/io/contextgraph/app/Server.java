// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.access.KeysCheck;
import io.contextgraph.archive.ArchiveCheck;
import io.contextgraph.archive.ArchiveMetrics;
import io.contextgraph.archive.ArchiveWatch;
import io.contextgraph.archive.RememberingLedger;
import io.contextgraph.backup.BackupMetrics;
import io.contextgraph.backup.BackupSchedule;
import io.contextgraph.capture.live.BroughtTraces;
import io.contextgraph.capture.live.OtlpSettings;
import io.contextgraph.checkpoint.CheckpointCheck;
import io.contextgraph.checkpoint.CheckpointKeeper;
import io.contextgraph.checkpoint.CheckpointMetrics;
import io.contextgraph.checkpoint.Checkpoints;
import io.contextgraph.cli.workspace.Workspace.Serving;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.graph.InstrumentedGraphReader;
import io.contextgraph.http.engine.Door;
import io.contextgraph.http.engine.HttpServer;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.otlp.OtlpGrpcServer;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.routes.Routes;
import io.contextgraph.ledger.DuplicateCounts;
import io.contextgraph.ledger.forward.InstrumentedLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.operation.Operations;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Health;
import io.contextgraph.ops.Metrics;
import io.contextgraph.ops.Version;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureMetrics;
import io.contextgraph.privacy.erasure.ErasureSchedule;
import io.contextgraph.privacy.setup.KeyUpkeep;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionCheck;
import io.contextgraph.projection.ProjectionMetrics;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.WorkerRunner;
import io.contextgraph.proof.ProofCheck;
import io.contextgraph.proof.ProofMetrics;
import io.contextgraph.proof.ProofSettings;
import io.contextgraph.proof.SealerRunner;
import io.contextgraph.restoring.Archiving;
import io.contextgraph.retention.Retention;
import io.contextgraph.retention.RetentionCheck;
import io.contextgraph.retention.RetentionMetrics;
import io.contextgraph.retention.RetentionSchedule;
import io.contextgraph.retention.RetentionSettings;
import io.contextgraph.storage.Storage;
import io.contextgraph.tls.CertificateCheck;
import io.contextgraph.tls.Identity;
import io.contextgraph.tls.ServerCertificate;
import io.contextgraph.tls.TlsFileException;
import io.contextgraph.tracing.OwnTraces;
import io.contextgraph.tracing.Tracing;
import io.contextgraph.tracing.TracingSettings;
import io.contextgraph.wire.AuditWork;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that runs: projection and HTTP on open stores. */
final class Server {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    /** How long each part may take to say how it is. */
    static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(2);

    private Server() {}

    /**
     * Begins to serve.
     *
     * @throws ConfigurationException when Redis can never keep what the settings promise, or this server would trace its own traces
     */
    static Serving start(Settings settings, Clock clock, Stores stores, Feeding feeding, LocalWorkspace workspace) {
        Check redis = stores.ledger().redisCheck();
        requireKeepable(redis.look().findings());
        ClosingStack running = new ClosingStack();
        try {
            Metrics metrics = new Metrics();
            OwnTraces own = new OwnTraces(
                    () -> stores.ledger().epochs().now().identity().id());
            Tracing tracing = running.push(tracing(settings, own, metrics));
            Optional<WorkerRunner> projection = projection(settings, feeding, running);
            Check projectionCheck = new ProjectionCheck(feeding.lag(), projection, clock);
            ProjectionMetrics.progress(metrics, feeding.lag()::now, clock);
            projection.ifPresent(runner -> ProjectionMetrics.work(metrics, runner.worker(), projectionCheck));
            stores.ledger().watch(metrics);
            ArchivePlaces places = workspace.places();
            Optional<ArchiveWatch> archive =
                    places.archive().map(storage -> watch(storage, stores, places.archivedIds(), running));
            ArchiveMetrics.standing(metrics, archive);
            Optional<ArchiveWatch> forGood =
                    places.prunedIds().map(storage -> watch(storage, stores, places.prunedIdsCache(), running));
            Partition known = forGood.<Partition>map(watch -> new RememberingLedger(stores.ledger(), watch, false))
                    .orElse(stores.ledger());
            Partition remembering = archive.<Partition>map(watch -> new RememberingLedger(known, watch, true))
                    .orElse(known);
            DuplicateCounts duplicates = new DuplicateCounts(clock);
            Partition ledger =
                    new InstrumentedLedger(workspace.personal().sealing(remembering), metrics, duplicates, tracing);
            workspace.personal().upkeep().map(running::push).ifPresent(KeyUpkeep::start);
            Retention retention = workspace.retention(ledger);
            Optional<RetentionSchedule> trimming = trimming(settings, retention, metrics, running);
            RetentionMetrics.standing(metrics, retention::status, clock);
            RetentionMetrics.sizes(metrics, () -> stores.ledger().tiers().sizes(), clock);
            Checkpoints checkpoints = stores.checkpoints(settings, clock);
            CheckpointKeeper keeper = running.push(new CheckpointKeeper(checkpoints, clock));
            keeper.start();
            CheckpointMetrics.standing(metrics, keeper, clock);
            Check checkpoint = new CheckpointCheck(checkpoints, Optional.of(keeper));
            Optional<SealerRunner> proof = workspace.proving().isOn()
                    ? Optional.of(
                            running.push(new SealerRunner(workspace.proving().sealer(LocalWorkspace.owner()))))
                    : Optional.empty();
            proof.ifPresent(runner ->
                    ProofMetrics.standing(metrics, runner, workspace.proving().witnesses(), clock));
            Doors doors = new Doors(settings, clock);
            Door door = doors.open(stores.ledger(), metrics, running);
            Check access = new KeysCheck(stores.ledger().accessKeys(), doors.ring(), clock);
            HttpSettings how = HttpSettings.from(settings, Version.current());
            Optional<ServerCertificate> certificate = how.tls().map(files -> running.push(certificate(files, clock)));
            certificate.ifPresent(ServerCertificate::start);
            Optional<Storage> backupStorage = workspace.backupStorage().map(running::push);
            Operations operations =
                    running.push(new Operations(clock, stores.ledger().operations()));
            Optional<KeptBackups> backups =
                    backupStorage.map(storage -> running.push(workspace.keptBackups(storage, operations)));
            BackupMetrics.standing(metrics, backups.map(KeptBackups::schedule), clock);
            List<Check> checks = new ArrayList<>(List.of(
                    redis,
                    stores.graph().check(),
                    projectionCheck,
                    checkpoint,
                    access,
                    new RetentionCheck(retention, trimming, clock)));
            places.archive()
                    .map(storage -> new ArchiveCheck(storage, archive))
                    .or(() -> places.prunedIds().map(storage -> new ArchiveCheck(storage, forGood)))
                    .ifPresent(checks::add);
            backups.map(KeptBackups::check).ifPresent(checks::add);
            proof.map(runner -> new ProofCheck(
                            runner::state,
                            workspace.proving().witnesses()::state,
                            settings.get(ProofSettings.INTERVAL),
                            clock))
                    .ifPresent(checks::add);
            workspace.personal().check().ifPresent(checks::add);
            how.tls().ifPresent(files -> checks.add(new CertificateCheck(files, certificate, clock)));
            Health health = new Health(checks, HEALTH_TIMEOUT);
            health.watch(metrics);
            AuditWork audit = new AuditWork(
                    workspace.verifier(), workspace.repair(), workspace.rebuild(), LocalWorkspace.PATIENCE);
            Archiving archives = new Archiving(
                    workspace::archive, id -> archive.flatMap(watch -> watch.find(id)), workspace::restorer);
            Optional<Eraser> eraser = workspace.eraser();
            ErasureMetrics.standing(metrics, () -> eraser.map(Eraser::open).orElse(List.of()), clock);
            Optional<ErasureSchedule> erasures = workspace
                    .personal()
                    .schedule(stores.ledger(), eraser, operations)
                    .map(running::push);
            workspace.personal().listen(stores.redis());
            HttpPorts ports = new HttpPorts(
                    ledger,
                    duplicates,
                    new InstrumentedGraphReader(stores.graph(), metrics, tracing),
                    new GraphLag(List.of(feeding.lag())),
                    health,
                    metrics,
                    clock,
                    new HttpPorts.Admin(
                            workspace.redrive(),
                            operations,
                            audit,
                            retention,
                            archives,
                            () -> backups.map(KeptBackups::work),
                            new HttpPorts.Proofs(workspace.proving(), workspace.proving()::log),
                            workspace::examine),
                    new HttpPorts.Privacy(
                            workspace.subjects(), eraser, () -> erasures.ifPresent(ErasureSchedule::hurry)));
            OtlpParts otlp = new OtlpParts(settings, ledger, clock, metrics, new BroughtTraces(own, tracing));
            List<RouteGroup> routes = Routes.all(how, ports, List.of(otlp.routes()));
            HttpServer http = new HttpServer(how, door, certificate, routes, metrics, tracing);
            Optional<OtlpGrpcServer> grpc = otlp.grpc(http.shared());
            running.pushTogether(Stream.concat(Stream.of(http), grpc.stream()).toList());
            erasures.ifPresent(ErasureSchedule::replay);
            // Whoever sees over HTTP that this server is ready may send to both.
            grpc.ifPresent(otlp::start);
            http.start();
            projection.ifPresent(WorkerRunner::start);
            erasures.ifPresent(ErasureSchedule::start);
            trimming.ifPresent(RetentionSchedule::start);
            proof.ifPresent(SealerRunner::start);
            backups.map(KeptBackups::schedule).ifPresent(BackupSchedule::start);
            Reload reload = new Reload(settings, how, door.limits(), certificate);
            AutoCloseable ignored = running.push(() -> giveNotice(health, HttpSettings.notice(settings)));
            return new Started(running, address(how.tls().isPresent(), how.host(), http.port()), stores.lost(), reload);
        } catch (RuntimeException | Error e) {
            running.close();
            throw e;
        }
    }

    /** Nothing is closed before whoever shares out requests has had time to see that this server is about to end. */
    private static void giveNotice(Health health, Duration notice) throws InterruptedException {
        health.end();
        if (notice.isPositive()) {
            LOG.info(
                    "stopping: nothing is ready any more; what comes within {} s is still answered",
                    notice.toSeconds());
            Thread.sleep(notice);
        }
    }

    private static ArchiveWatch watch(Storage storage, Stores stores, Path copies, ClosingStack running) {
        ArchiveWatch watch =
                running.push(new ArchiveWatch(storage, stores.ledger().epochs(), copies));
        watch.start();
        return watch;
    }

    /** Refuses to begin with what can never be as it is set; tells what else is not as it should be. */
    private static void requireKeepable(List<Finding> findings) {
        List<String> broken = findings.stream()
                .filter(Finding::forbidsStart)
                .map(Finding::message)
                .toList();
        if (!broken.isEmpty()) {
            throw new ConfigurationException(broken);
        }
        findings.stream()
                .filter(finding -> finding.level() != Finding.Level.OK)
                .forEach(finding -> LOG.warn("{}: {}", finding.subject(), finding.message()));
    }

    private static Tracing tracing(Settings settings, OwnTraces own, Metrics metrics) {
        return Tracing.start(
                TracingSettings.from(settings),
                own,
                Version.current(),
                metrics,
                settings.get(HttpSettings.PORT),
                settings.get(OtlpSettings.GRPC_PORT));
    }

    private static Optional<WorkerRunner> projection(Settings settings, Feeding feeding, ClosingStack running) {
        return settings.get(ProjectionSettings.ENABLED) ? Optional.of(feeding.runner(running)) : Optional.empty();
    }

    private static Optional<RetentionSchedule> trimming(
            Settings settings, Retention retention, Metrics metrics, ClosingStack running) {
        if (!settings.get(RetentionSettings.ENABLED)) {
            return Optional.empty();
        }
        RetentionSchedule schedule = running.push(new RetentionSchedule(retention));
        RetentionMetrics.work(metrics, schedule);
        return Optional.of(schedule);
    }

    /**
     * Reads the certificate that is to be shown.
     *
     * @throws ConfigurationException when it cannot be used
     */
    static ServerCertificate certificate(Identity.Files files, Clock clock) {
        try {
            return ServerCertificate.read(files, clock);
        } catch (TlsFileException unusable) {
            throw new ConfigurationException(List.of(HttpSettings.TLS_CERTIFICATE.key() + " and "
                    + HttpSettings.TLS_KEY.key() + " cannot be used: " + unusable.getMessage()));
        }
    }

    /** Where a server is. */
    static URI address(boolean tls, String host, int port) {
        String scheme = tls ? "https" : "http";
        return URI.create(scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }
}
