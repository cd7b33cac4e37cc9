// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.DigestPage;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphNode;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.GraphStats;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.NodePage;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Stray;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.ops.Check;
import io.contextgraph.tls.TlsCauses;
import io.contextgraph.tls.TlsProbe;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.neo4j.driver.AccessMode;
import org.neo4j.driver.AuthToken;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Config;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.NotificationSeverity;
import org.neo4j.driver.Record;
import org.neo4j.driver.Session;
import org.neo4j.driver.SessionConfig;
import org.neo4j.driver.Transaction;
import org.neo4j.driver.TransactionConfig;
import org.neo4j.driver.Value;
import org.neo4j.driver.exceptions.Neo4jException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The graph in Neo4j 5.23 or newer.
 *
 * <p><b>Guarantees.</b> A batch is one transaction of few statements. Writers of the same session take turns, by
 * a lock on its node; writers of different sessions do not wait for each other but on shared agents, tools and
 * parents. All take their locks in one order, so that none waits for another in a circle, but for events that have moved:
 * then Neo4j ends one, and it is tried again. Reading is bounded inside Neo4j, in rows and in time. Neo4j ends each
 * transaction at a limit; one that has not been answered a while after it is given up, and its connection closed.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes on one database.
 */
public final class Neo4jGraph implements GraphSink, GraphAudit, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Neo4jGraph.class);
    private static final int USUAL_PORT = 7687;
    private static final int MAX_ATTEMPTS = 20;
    private static final int MAX_BACKOFF_MILLIS = 200;
    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(2);

    /** Of what looks at every node there is, or adds up many. */
    private static final Duration AUDIT_TIMEOUT = Duration.ofMinutes(10);

    /** Whoever is told that events are gone is not to wait long for what is left to say of them. */
    private static final Duration SUMMARIES_AT_MOST = Duration.ofSeconds(2);

    private final Neo4jSettings settings;
    private final Driver driver;
    private volatile boolean answered;
    private final LongAdder collisions = new LongAdder();

    /** Connects when first used. */
    public Neo4jGraph(Neo4jSettings settings) {
        this.settings = settings;
        AuthToken login =
                settings.user().isEmpty() ? AuthTokens.none() : AuthTokens.basic(settings.user(), settings.password());
        long connectMillis = settings.connectTimeout().toMillis();
        Config.ConfigBuilder config = Config.builder();
        settings.authorities()
                .ifPresent(file -> config.withEncryption()
                        .withTrustStrategy(Config.TrustStrategy.trustCustomCertificateSignedBy(file.toFile())));
        this.driver = GraphDatabase.driver(
                settings.uriForDriver(),
                login,
                config.withConnectionTimeout(connectMillis, TimeUnit.MILLISECONDS)
                        .withConnectionAcquisitionTimeout(connectMillis, TimeUnit.MILLISECONDS)
                        .withMaxConnectionPoolSize(settings.maxConnections())
                        .withMinimumNotificationSeverity(NotificationSeverity.OFF)
                        .withTelemetryDisabled(true)
                        .withUserAgent("contextgraph")
                        .build());
    }

    /** Looks at Neo4j. */
    public Check check() {
        return new Neo4jCheck(this);
    }

    /** Whether Neo4j answers, and which one it is; never throws. */
    public Neo4jHealth health() {
        try {
            String version = inTransaction(
                    AccessMode.READ,
                    HEALTH_TIMEOUT,
                    tx -> tx.run(Statements.COMPONENTS).single().get("version").asString());
            return new Neo4jHealth(true, version, "");
        } catch (GraphException away) {
            return new Neo4jHealth(false, "", String.valueOf(away.getMessage()));
        }
    }

    /** Transactions of this instance that another one stood in the way of; each was repeated. */
    public long collisions() {
        return collisions.sum();
    }

    @Override
    public void prepare() {
        for (String statement : Statements.SCHEMA) {
            write(tx -> tx.run(statement).consume());
        }
        write(tx -> tx.run(Statements.AWAIT_INDEXES).consume());
        long version = write(tx -> tx.run(
                        Statements.PUT_SCHEMA_VERSION, Map.<String, Object>of("version", Statements.SCHEMA_VERSION))
                .single()
                .get("version")
                .asLong());
        if (version > Statements.SCHEMA_VERSION) {
            throw new GraphException(
                    GraphException.Reason.REJECTED,
                    "the graph must be of version " + Statements.SCHEMA_VERSION + " or older, is of version " + version
                            + ": a newer Context Graph has written it");
        }
        rehearse();
    }

    private void rehearse() {
        Bounded.call(bound(settings.writeTimeout()), () -> {
            rehearseOnce();
            return true;
        });
    }

    private void rehearseOnce() {
        try (Session session = driver.session(session(AccessMode.WRITE));
                Transaction tx = session.beginTransaction(limits(settings.writeTimeout()))) {
            new Rehearsal(tx).run();
            tx.rollback();
        } catch (Neo4jException error) {
            GraphException failure = Neo4jErrors.classify(error);
            if (failure.reason().retryable()) {
                throw failure;
            }
            // A rule that somebody has added: events will show whether it matters.
            LOG.warn(
                    "the projection could not be rehearsed, the first events will take longer: {}",
                    failure.getMessage());
        } catch (IllegalStateException closed) {
            throw Neo4jErrors.classify(closed);
        }
    }

    @Override
    public void apply(List<GraphChange> changes) {
        if (!changes.isEmpty()) {
            write(tx -> {
                new GraphTransaction(tx).apply(new ChangeSet(changes));
                return changes.size();
            });
        }
    }

    @Override
    public boolean takesAgain() {
        List<RecordedEvent> some = inTransaction(
                AccessMode.READ,
                settings.writeTimeout(),
                tx -> tx.run(Statements.SOME_EVENT)
                        .list(row -> EventProperties.read(row.get("node").asMap(Value::asObject))));
        some.forEach(event -> apply(Projection.project(event)));
        return !some.isEmpty();
    }

    @Override
    public Subgraph lineage(LineageQuery query) {
        return inTransaction(AccessMode.READ, query.timeout(), tx -> new GraphPages(tx).lineage(query));
    }

    @Override
    public Subgraph context(ContextQuery query) {
        return inTransaction(AccessMode.READ, query.timeout(), tx -> new GraphPages(tx).context(query));
    }

    @Override
    public NodePage nodes(SessionId session, Optional<NodePage.Place> after, int max) {
        return inTransaction(AccessMode.READ, settings.writeTimeout(), tx -> new NodeRead(tx, session, max).run(after));
    }

    @Override
    public List<GraphNode> nodes(Collection<EventId> ids) {
        return inTransaction(AccessMode.READ, settings.writeTimeout(), tx -> NodeRead.nodes(tx, ids));
    }

    @Override
    public List<SessionId> sessions(Optional<SessionId> after, int max) {
        return inTransaction(
                AccessMode.READ,
                settings.writeTimeout(),
                tx -> tx.run(
                                AuditStatements.SESSIONS,
                                Map.<String, Object>of(
                                        "after", after.map(SessionId::value).orElse(""), "limit", max))
                        .list(row -> new SessionId(row.get("session").asString())));
    }

    @Override
    public DigestPage digests(Optional<DigestPage.Place> after, int max) {
        return inTransaction(AccessMode.READ, AUDIT_TIMEOUT, tx -> new DigestRead(tx, max).run(after));
    }

    @Override
    public List<Stray> strays(int max) {
        return inTransaction(AccessMode.READ, AUDIT_TIMEOUT, tx -> {
            List<Stray> strays = new ArrayList<>();
            AuditStatements.STRAYS.forEach((kind, search) -> tx.run(
                            search + AuditStatements.LIST_STRAYS, Map.<String, Object>of("limit", max))
                    .forEachRemaining(row -> strays.add(
                            new Stray(kind, String.valueOf(row.get("id").asObject())))));
            return strays;
        });
    }

    @Override
    public List<Summary> summaries(SessionId session, int max) {
        return inTransaction(
                AccessMode.READ,
                settings.writeTimeout(),
                tx -> tx.run(Statements.SUMMARIES, Map.<String, Object>of("session", session.value(), "limit", max))
                        .list(row -> Summary.read(row.get("node").asMap(Value::asObject))));
    }

    @Override
    public Map<EventId, Summary> summaries(Collection<EventId> ids) {
        Map<EventId, Summary> found = new HashMap<>();
        inTransaction(
                        AccessMode.READ,
                        SUMMARIES_AT_MOST,
                        tx -> tx.run(
                                        Statements.SUMMARIES_OF_EVENTS,
                                        Map.<String, Object>of(
                                                "in",
                                                Map.of(
                                                        "ids",
                                                        ids.stream()
                                                                .map(EventId::toString)
                                                                .toList())))
                                .list())
                .forEach(row -> found.put(
                        EventId.of(row.get("id").asString()),
                        Summary.read(row.get("node").asMap(Value::asObject))));
        return found;
    }

    @Override
    public GraphStats stats() {
        return inTransaction(AccessMode.READ, settings.writeTimeout(), tx -> {
            Record row = tx.run(Statements.STATS).single();
            long stubs = row.get("stubs").asLong();
            return new GraphStats(
                    row.get("nodes").asLong() - stubs,
                    stubs,
                    row.get("sessions").asLong(),
                    row.get("entities").asLong(),
                    row.get("follows").asLong(),
                    row.get("causes").asLong(),
                    row.get("references").asLong());
        });
    }

    @Override
    public void close() {
        driver.close();
    }

    private SessionConfig session(AccessMode mode) {
        return SessionConfig.builder()
                .withDatabase(settings.database())
                .withDefaultAccessMode(mode)
                .build();
    }

    private static TransactionConfig limits(Duration timeout) {
        return TransactionConfig.builder().withTimeout(timeout).build();
    }

    <T> T write(Function<Transaction, T> work) {
        return inTransaction(AccessMode.WRITE, settings.writeTimeout(), work);
    }

    /** Changes that touch more than a batch. */
    <T> T overhaul(Function<Transaction, T> work) {
        return inTransaction(AccessMode.WRITE, AUDIT_TIMEOUT, work);
    }

    /** Runs {@code work} in a transaction, again when another stood in its way. */
    private <T> T inTransaction(AccessMode mode, Duration timeout, Function<Transaction, T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                T result = Bounded.call(bound(timeout), () -> once(mode, timeout, work));
                answered = true;
                return result;
            } catch (Neo4jException error) {
                boolean collision = Neo4jErrors.isCollision(error);
                if (collision) {
                    collisions.increment();
                }
                if (attempt >= MAX_ATTEMPTS || !collision || !pause(attempt)) {
                    throw explained(Neo4jErrors.classify(error));
                }
            } catch (IllegalStateException closed) {
                throw Neo4jErrors.classify(closed);
            }
        }
    }

    /** A Neo4j that has never answered may wait for TLS, or not speak it: the driver says that it has hung up. */
    private GraphException explained(GraphException failed) {
        if (answered
                || failed.reason() != GraphException.Reason.UNAVAILABLE
                || TlsCauses.of(failed).isPresent()) {
            return failed;
        }
        URI address = URI.create(settings.uri());
        int port = address.getPort() < 0 ? USUAL_PORT : address.getPort();
        TlsProbe.Answer answer = TlsProbe.ask(address.getHost(), port, settings.connectTimeout());
        if (settings.isSecured()) {
            return answer == TlsProbe.Answer.OTHER
                    ? Neo4jErrors.unsecured("this port does not speak TLS", failed)
                    : failed;
        }
        return answer == TlsProbe.Answer.TLS
                ? Neo4jErrors.unsecured(
                        "this port speaks TLS: neo4j.uri must begin with neo4j+s:// or bolt+s://", failed)
                : failed;
    }

    private <T> T once(AccessMode mode, Duration timeout, Function<Transaction, T> work) {
        try (Session session = driver.session(session(mode));
                Transaction tx = session.beginTransaction(limits(timeout))) {
            T result = work.apply(tx);
            tx.commit();
            return result;
        }
    }

    /** How long to wait for a transaction that Neo4j itself ends after {@code timeout}. */
    private Duration bound(Duration timeout) {
        return timeout.plus(settings.lateness());
    }

    /** Waits a random while, longer with each attempt, so that those who met do not meet again; false to give up. */
    private static boolean pause(int attempt) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(1, Math.min(MAX_BACKOFF_MILLIS, 4L << attempt)));
            return true;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
