// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.access.KeyStore;
import io.contextgraph.access.KeysCheck;
import io.contextgraph.capture.live.BroughtTraces;
import io.contextgraph.capture.live.OtlpSettings;
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
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.forward.InstrumentedLedger;
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
import io.contextgraph.tls.CertificateCheck;
import io.contextgraph.tls.Identity;
import io.contextgraph.tls.ServerCertificate;
import io.contextgraph.tls.TlsFileException;
import io.contextgraph.tracing.OwnTraces;
import io.contextgraph.tracing.Tracing;
import io.contextgraph.tracing.TracingSettings;
import io.contextgraph.wire.AuditWork;
import java.net.URI;
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
    static Serving start(Settings settings, Clock clock, Stores stores, LocalWorkspace workspace) {
        requireKeepable(stores.partitions().stream()
                .map(partition -> partition.named(partition.ledger().redisCheck()))
                .flatMap(check -> check.look().findings().stream())
                .toList());
        ClosingStack running = new ClosingStack();
        try {
            Metrics metrics = new Metrics();
            OwnTraces own = new OwnTraces(
                    () -> stores.home().ledger().epochs().now().identity().id());
            Tracing tracing = running.push(tracing(settings, own, metrics));
            DuplicateCounts duplicates = new DuplicateCounts(clock);
            List<ServedPartition> partitions = workspace.parts().stream()
                    .map(part -> new ServedPartition(
                            part,
                            settings,
                            clock,
                            metrics,
                            remembering -> new InstrumentedLedger(
                                    workspace.personal().sealing(remembering), metrics, duplicates, tracing),
                            running))
                    .toList();
            Ledger ledger = Stores.joined(
                    partitions.stream().map(ServedPartition::ledger).toList(), running);
            workspace.personal().upkeep().map(running::push).ifPresent(KeyUpkeep::start);
            Doors doors = new Doors(settings, clock);
            KeyStore keys = workspace.accessKeys();
            Door door = doors.open(stores.ledger().log(), keys, metrics, running);
            Check access = new KeysCheck(keys, doors.ring(), clock);
            HttpSettings how = HttpSettings.from(settings, Version.current());
            Optional<ServerCertificate> certificate = how.tls().map(files -> running.push(certificate(files, clock)));
            certificate.ifPresent(ServerCertificate::start);
            Operations operations =
                    running.push(new Operations(clock, stores.ledger().operations()));
            partitions.forEach(partition -> partition.keepBackups(workspace.trail(), operations));
            List<Check> checks = new ArrayList<>();
            partitions.forEach(partition -> checks.add(partition.storeCheck()));
            checks.add(stores.graph().check());
            partitions.forEach(partition -> checks.addAll(partition.feedChecks()));
            checks.add(access);
            partitions.forEach(partition -> checks.addAll(partition.workChecks()));
            workspace.personal().check().ifPresent(checks::add);
            how.tls().ifPresent(files -> checks.add(new CertificateCheck(files, certificate, clock)));
            Health health = new Health(checks, HEALTH_TIMEOUT);
            health.watch(metrics);
            AuditWork audit = new AuditWork(
                    workspace.verifier(), workspace.repair(), workspace.rebuild(), LocalWorkspace.PATIENCE);
            Optional<Eraser> eraser = workspace.eraser();
            ErasureMetrics.standing(metrics, () -> eraser.map(Eraser::open).orElse(List.of()), clock);
            Optional<ErasureSchedule> erasures = workspace
                    .personal()
                    .schedule(stores.ledger(), eraser, operations)
                    .map(running::push);
            workspace.personal().listen(stores.home().redis());
            HttpPorts ports = new HttpPorts(
                    ledger,
                    duplicates,
                    new InstrumentedGraphReader(stores.graph(), metrics, tracing),
                    workspace.lag(),
                    health,
                    metrics,
                    clock,
                    new HttpPorts.Admin(
                            workspace.redrive(),
                            operations,
                            audit,
                            partitions.stream().map(ServedPartition::ports).toList(),
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
            partitions.forEach(ServedPartition::feed);
            erasures.ifPresent(ErasureSchedule::start);
            partitions.forEach(ServedPartition::work);
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
