// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.cli.Workspace;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.graph.neo4j.Neo4jRepair;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.http.HttpPorts;
import io.contextgraph.http.HttpServer;
import io.contextgraph.http.HttpSettings;
import io.contextgraph.http.ListenAddress;
import io.contextgraph.ledger.Damage;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Examined;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerMender;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.redis.AccessCheck;
import io.contextgraph.ledger.redis.FeedSettings;
import io.contextgraph.ledger.redis.LedgerCheck;
import io.contextgraph.ledger.redis.MemoryUse;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.RedisMender;
import io.contextgraph.ledger.redis.RedisSettings;
import io.contextgraph.ops.Health;
import io.contextgraph.ops.InstrumentedEventLog;
import io.contextgraph.ops.InstrumentedEventSearch;
import io.contextgraph.ops.InstrumentedGraphReader;
import io.contextgraph.ops.InstrumentedSessions;
import io.contextgraph.ops.Metrics;
import io.contextgraph.ops.Version;
import io.contextgraph.projection.Operations;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.projection.Rebuild;
import io.contextgraph.projection.Redrive;
import io.contextgraph.projection.Repair;
import io.contextgraph.projection.Standstill;
import io.contextgraph.projection.Verifier;
import io.contextgraph.projection.WorkerRunner;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A deployment with Redis and Neo4j: builds the parts, in the order in which they need each other, and closes them. */
final class Deployment implements Workspace {
    private static final Logger LOG = LoggerFactory.getLogger(Deployment.class);

    /** The consumer group that feeds the graph. */
    private static final String PROJECTION = "projection";

    /**
     * How long a command waits for the server that feeds the graph, each time without any progress. A server that has just
     * started takes some seconds on a busy machine before Neo4j has planned its first write.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(2);

    private final Settings settings;
    private final Clock clock;
    private final ClosingStack parts;
    private final RedisLedger ledger;
    private final @Nullable Neo4jGraph graph;
    private final ProjectionLag lag;
    private final EventFeed feed;

    /** Completed when a part that was started here has ended by itself. */
    private final CompletableFuture<String> lost;

    /** Whether no server feeds this graph, so that this process may do it for the length of a command. */
    private final boolean alone;

    private Deployment(
            Settings settings,
            Clock clock,
            ClosingStack parts,
            RedisLedger ledger,
            @Nullable Neo4jGraph graph,
            Optional<Backends> backends) {
        this.settings = settings;
        this.clock = clock;
        this.parts = parts;
        this.ledger = ledger;
        this.graph = graph;
        this.alone = backends.map(Backends::owned).orElse(false)
                && settings.get(RedisSettings.URL).isEmpty();
        this.lost = backends.map(Backends::lost).orElseGet(CompletableFuture::new);
        // Alone, whatever another consumer has left behind belongs to a process that is gone: no need to wait for it.
        this.feed = ledger.feed(
                PROJECTION,
                new FeedSettings(
                        alone ? Duration.ZERO : settings.get(ProjectionSettings.CLAIM_AFTER),
                        settings.get(ProjectionSettings.LINGER)));
        this.lag = new ProjectionLag(feed);
    }

    static Deployment open(Settings settings, Needs needs, Backends.Factory factory, Clock clock, StartReport report)
            throws IOException {
        if (needs.exclusive()) {
            ListenAddress.refusal(settings.get(HttpSettings.HOST), false).ifPresent(problem -> {
                throw new ConfigurationException(List.of(problem));
            });
        }
        if (needs.serves()) {
            requireFreePort(settings.get(HttpSettings.HOST), settings.get(HttpSettings.PORT));
        }
        ClosingStack parts = new ClosingStack();
        try {
            Optional<Backends> backends = backends(settings, needs, factory, report, parts);
            RedisLedger ledger = parts.push(RedisLedger.connect(redis(settings, backends)));
            Neo4jGraph graph = needs.graph() ? parts.push(new Neo4jGraph(neo4j(settings, backends))) : null;
            return new Deployment(settings, clock, parts, ledger, graph, backends);
        } catch (IOException | RuntimeException | Error e) {
            try {
                parts.close();
            } catch (RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    /** Before anything is started: a port that is taken is the most usual reason why a server cannot. */
    private static void requireFreePort(String host, int port) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException | IllegalArgumentException taken) {
            throw new IOException(
                    "cannot listen on " + host + ":" + port + " (" + taken.getMessage()
                            + "): stop what uses it, or set http.port (CG_HTTP_PORT); 0 takes any free one",
                    taken);
        }
    }

    /** The ledger alone, whatever is in it. */
    static LedgerMender openToMend(Settings settings, Backends.Factory factory, StartReport report) throws IOException {
        ClosingStack parts = new ClosingStack();
        try {
            Optional<Backends> backends = backends(settings, Needs.LEDGER, factory, report, parts);
            LedgerMender mender = parts.push(RedisMender.open(redis(settings, backends)));
            return new ClosingMender(mender, parts);
        } catch (IOException | RuntimeException | Error e) {
            parts.close();
            throw e;
        }
    }

    /** Closes what was started for it. */
    private record ClosingMender(LedgerMender mender, ClosingStack parts) implements LedgerMender {
        @Override
        public Examined examine(Consumer<Damage> told, LongConsumer looked) {
            return mender.examine(told, looked);
        }

        @Override
        public Examined mend(Consumer<Damage> told, LongConsumer looked) {
            return mender.mend(told, looked);
        }

        @Override
        public void close() {
            parts.close();
        }
    }

    /** What is not configured is started, or found running on the same folder. */
    private static Optional<Backends> backends(
            Settings settings, Needs needs, Backends.Factory factory, StartReport report, ClosingStack parts)
            throws IOException {
        boolean redis = settings.get(RedisSettings.URL).isEmpty();
        boolean neo4j = needs.graph() && settings.get(Neo4jSettings.URI).isEmpty();
        if (!redis && !neo4j) {
            return Optional.empty();
        }
        if (redis && needs.data() && Files.notExists(settings.get(BackendSettings.DATA_DIR))) {
            throw new IOException(
                    "there is no data in " + settings.get(BackendSettings.DATA_DIR)
                            + ": serve, demo and import begin a ledger there; data.dir names another folder, redis.url a Redis");
        }
        Backends backends = parts.push(factory.open(
                new Backends.Wanted(
                        settings.get(BackendSettings.DATA_DIR),
                        redis,
                        neo4j,
                        new Backends.RedisWishes(
                                settings.get(BackendSettings.MAXMEMORY),
                                settings.get(RedisSettings.ENGINE),
                                settings.get(BackendSettings.FETCH))),
                report));
        if (needs.exclusive() && !backends.owned()) {
            throw new IOException("another process uses the folder " + settings.get(BackendSettings.DATA_DIR)
                    + ": stop it, or set data.dir (CG_DATA_DIR) to another folder");
        }
        return Optional.of(backends);
    }

    private static RedisSettings redis(Settings settings, Optional<Backends> backends) {
        String url = settings.get(RedisSettings.URL)
                .or(() -> backends.flatMap(Backends::redisUrl))
                .orElseThrow(() -> new IllegalStateException("neither a configured nor an embedded Redis"));
        return RedisSettings.from(settings, URI.create(url));
    }

    private static Neo4jSettings neo4j(Settings settings, Optional<Backends> backends) {
        return backends.flatMap(Backends::neo4j)
                .map(found -> Neo4jSettings.of(found.uri(), found.user(), found.password(), "neo4j"))
                .or(() -> Neo4jSettings.from(settings))
                .orElseThrow(() -> new IllegalStateException("neither a configured nor an embedded Neo4j"));
    }

    @Override
    public EventLog log() {
        return ledger.log();
    }

    @Override
    public String storage() {
        return ledger.describe();
    }

    @Override
    public EventSearch search() {
        return ledger.search();
    }

    @Override
    public Sessions sessions() {
        return ledger.sessions();
    }

    @Override
    public GraphReader graph() {
        return neo4j();
    }

    private Neo4jGraph neo4j() {
        if (graph == null) {
            throw new IllegalStateException("this command did not ask for the graph");
        }
        return graph;
    }

    @Override
    public long catchUp(LongConsumer left) {
        if (alone) {
            project(left);
        }
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
        ProjectionSettings work = projection(Duration.ZERO);
        try (ProjectionWorker worker = new ProjectionWorker(consumerName(), feed, neo4j(), work, clock)) {
            while (worker.doWork() > 0) {
                left.accept(lag.now().lag());
            }
        }
    }

    private ProjectionSettings projection(Duration pollTimeout) {
        ProjectionSettings standard = ProjectionSettings.from(settings);
        return new ProjectionSettings(standard.batchSize(), pollTimeout, standard.maxAttempts(), standard.retryAfter());
    }

    private static String consumerName() {
        return "worker-" + ProcessHandle.current().pid() + "-"
                + UUID.randomUUID().toString().substring(0, 8);
    }

    @Override
    public Verifier verifier() {
        return new Verifier(log(), search(), sessions(), lag, neo4j());
    }

    @Override
    public Repair repair() {
        return new Repair(verifier(), parking(), neo4j(), new Neo4jRepair(neo4j()));
    }

    @Override
    public Rebuild rebuild() {
        return new Rebuild(log(), neo4j(), new Neo4jRepair(neo4j()), repair(), clock);
    }

    @Override
    public Parking parking() {
        return ledger.parking();
    }

    @Override
    public Redrive redrive() {
        return new Redrive(parking(), neo4j());
    }

    @Override
    public List<Finding> examine() {
        // An embedded Redis has one user with a random password, and no others.
        Optional<AccessCheck> access =
                settings.get(RedisSettings.URL).isPresent() ? Optional.of(ledger.access()) : Optional.empty();
        LedgerCheck check = ledger.check();
        return Doctor.examine(
                check,
                promise(),
                check.reachable() ? ledger.inspect() : List.of(),
                access,
                neo4j().check(),
                progress());
    }

    private Optional<EventFeed.Progress> progress() {
        try {
            return Optional.of(lag.now());
        } catch (LedgerException damaged) {
            LOG.warn("How far the graph has come cannot be told: {}", damaged.getMessage());
            return Optional.empty();
        }
    }

    private Set<Health.Concern> concerns() {
        LedgerCheck check = ledger.check();
        return LedgerConcerns.of(check, promise(), check.reachable() ? ledger.look() : List.of());
    }

    private DurabilityPromise promise() {
        DurabilitySettings durability = DurabilitySettings.from(settings);
        return new DurabilityPromise(durability.standard(), durability.replicas());
    }

    /** Refuses to begin with a Redis that can never keep what the settings promise; tells what else is not as it should be. */
    private void requireKeepable() {
        LedgerCheck check = ledger.check();
        if (check.reachable()) {
            List<String> broken = promise().examine(check).stream()
                    .filter(finding -> finding.level() == Finding.Level.PROBLEM)
                    .map(Finding::message)
                    .toList();
            if (!broken.isEmpty()) {
                throw new ConfigurationException(broken);
            }
        }
        Doctor.ledger(check, promise(), check.reachable() ? ledger.look() : List.of()).stream()
                .filter(finding -> finding.level() != Finding.Level.OK)
                .forEach(finding -> LOG.warn("{}: {}", finding.subject(), finding.message()));
    }

    @Override
    public Serving serve() {
        requireKeepable();
        ClosingStack running = new ClosingStack();
        try {
            Optional<WorkerRunner> projection = projectionRunner(running);
            Metrics metrics = new Metrics();
            metrics.projection(lag::now, clock);
            Optional<Feeder> feeder = projection.map(runner -> new Feeder(runner, lag, new Standstill(clock)));
            feeder.ifPresent(it -> watch(it, metrics));
            metrics.store(
                    ledger::memory,
                    List.of(
                            new Metrics.Reading<>(
                                    "redis.memory.used.bytes", "Memory that Redis uses", MemoryUse::usedBytes),
                            new Metrics.Reading<>(
                                    "redis.memory.max.bytes", "maxmemory of Redis; 0: no limit", MemoryUse::maxBytes)));
            Operations operations = running.push(new Operations(verifier(), repair(), rebuild(), clock, PATIENCE));
            HttpServer http = running.push(new HttpServer(
                    HttpSettings.from(settings, Version.current()), httpPorts(metrics, feeder, operations)));
            http.start();
            projection.ifPresent(WorkerRunner::start);
            String host = settings.get(HttpSettings.HOST);
            URI address = URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + http.port());
            return new Serving() {
                @Override
                public URI address() {
                    return address;
                }

                @Override
                public CompletableFuture<String> lost() {
                    return lost;
                }

                @Override
                public void close() {
                    running.close();
                }
            };
        } catch (RuntimeException | Error e) {
            running.close();
            throw e;
        }
    }

    private Optional<WorkerRunner> projectionRunner(ClosingStack running) {
        if (!settings.get(ProjectionSettings.ENABLED)) {
            return Optional.empty();
        }
        ProjectionSettings work = projection(ProjectionSettings.DEFAULT.pollTimeout());
        ProjectionWorker worker = running.push(new ProjectionWorker(consumerName(), feed, neo4j(), work, clock));
        return Optional.of(running.push(new WorkerRunner(worker, clock)));
    }

    private static void watch(Feeder feeder, Metrics metrics) {
        metrics.gauge(
                "contextgraph.projection.working",
                "1 while this process feeds the graph, 0 while it waits for a store or the graph comes no nearer",
                () -> feeder.feeding() == Health.Feeding.WORKING ? 1 : 0);
        ProjectionWorker worker = feeder.runner().worker();
        metrics.counter(
                "contextgraph.projection.projected.events",
                "Events that this process has projected, redelivered ones included",
                worker,
                w -> w.counters().projected());
        metrics.counter(
                "contextgraph.projection.failed.transactions",
                "Transactions of the projection that failed in this process",
                worker,
                w -> w.counters().failures());
        metrics.gauge(
                "contextgraph.projection.set.aside.events",
                "Events that failed on their own and that this process will try again",
                () -> worker.counters().setAside());
    }

    /** Who feeds the graph in this process, and whether that gets anywhere. */
    private record Feeder(WorkerRunner runner, ProjectionLag lag, Standstill standstill) {
        Health.Feeding feeding() {
            return switch (runner.status().state()) {
                case STARTING -> Health.Feeding.STARTING;
                case WORKING -> stands() ? Health.Feeding.STALLED : Health.Feeding.WORKING;
                case WAITING -> Health.Feeding.WAITING;
                case STOPPED -> Health.Feeding.OFF;
            };
        }

        private boolean stands() {
            try {
                return standstill.lasts(lag.now(), runner.worker().counters().projected());
            } catch (LedgerException away) {
                // Of that the ledger's own check tells.
                return false;
            }
        }
    }

    private HttpPorts httpPorts(Metrics metrics, Optional<Feeder> feeder, Operations operations) {
        Health health = new Health(
                this::concerns,
                () -> neo4j().check().reachable(),
                () -> feeder.map(Feeder::feeding).orElse(Health.Feeding.OFF),
                HEALTH_TIMEOUT);
        return new HttpPorts(
                new InstrumentedEventLog(log(), metrics),
                new InstrumentedEventSearch(search(), metrics),
                new InstrumentedSessions(sessions(), metrics),
                new InstrumentedGraphReader(graph(), metrics),
                lag::now,
                health,
                metrics,
                clock,
                new HttpPorts.Admin(parking(), redrive(), operations));
    }

    @Override
    public void close() {
        parts.close();
    }
}
