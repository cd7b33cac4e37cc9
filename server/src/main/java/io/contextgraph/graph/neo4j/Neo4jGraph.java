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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.neo4j.driver.AccessMode;
import org.neo4j.driver.Record;
import org.neo4j.driver.SimpleQueryRunner;
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
    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(2);

    /** Of what looks at every node there is, or adds up many. */
    private static final Duration AUDIT_TIMEOUT = Duration.ofMinutes(10);

    /** Whoever is told that events are gone is not to wait long for what is left to say of them. */
    private static final Duration SUMMARIES_AT_MOST = Duration.ofSeconds(2);

    private final Neo4jSettings settings;
    private final Transactions transactions;

    /** Connects when first used. */
    public Neo4jGraph(Neo4jSettings settings) {
        this.settings = settings;
        this.transactions = new Transactions(settings);
    }

    /** Looks at Neo4j. */
    public Check check() {
        return new Neo4jCheck(this);
    }

    /** Whether Neo4j answers, and which one it is; never throws. */
    public Neo4jHealth health() {
        try {
            String version = transactions.run(
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
        return transactions.collisions();
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
        try {
            transactions.tryOut(settings.writeTimeout(), tx -> {
                new Rehearsal(tx).run();
                return true;
            });
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
        List<RecordedEvent> some = transactions.run(
                AccessMode.READ,
                settings.writeTimeout(),
                tx -> tx.run(Statements.SOME_EVENT)
                        .list(row -> EventProperties.read(row.get("node").asMap(Value::asObject))));
        some.forEach(event -> apply(Projection.project(event)));
        return !some.isEmpty();
    }

    @Override
    public Subgraph lineage(LineageQuery query) {
        return transactions.ask(query.timeout(), tx -> new GraphPages(tx).lineage(query));
    }

    @Override
    public Subgraph context(ContextQuery query) {
        return transactions.ask(query.timeout(), tx -> new GraphPages(tx).context(query));
    }

    @Override
    public NodePage nodes(SessionId session, Optional<NodePage.Place> after, int max) {
        return transactions.run(
                AccessMode.READ, settings.writeTimeout(), tx -> new NodeRead(tx, session, max).run(after));
    }

    @Override
    public List<GraphNode> nodes(Collection<EventId> ids) {
        return transactions.run(AccessMode.READ, settings.writeTimeout(), tx -> NodeRead.nodes(tx, ids));
    }

    @Override
    public List<SessionId> sessions(Optional<SessionId> after, int max) {
        return transactions.run(
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
        return transactions.run(AccessMode.READ, AUDIT_TIMEOUT, tx -> new DigestRead(tx, max).run(after));
    }

    @Override
    public List<Stray> strays(int max) {
        return transactions.run(AccessMode.READ, AUDIT_TIMEOUT, tx -> {
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
        return transactions.run(
                AccessMode.READ,
                settings.writeTimeout(),
                tx -> tx.run(Statements.SUMMARIES, Map.<String, Object>of("session", session.value(), "limit", max))
                        .list(row -> Summary.read(row.get("node").asMap(Value::asObject))));
    }

    @Override
    public Map<EventId, Summary> summaries(Collection<EventId> ids) {
        Map<EventId, Summary> found = new HashMap<>();
        transactions
                .run(
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
        return transactions.run(AccessMode.READ, settings.writeTimeout(), tx -> {
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
        transactions.close();
    }

    <T> T write(Function<SimpleQueryRunner, T> work) {
        return transactions.run(AccessMode.WRITE, settings.writeTimeout(), work);
    }

    /** Changes that touch more than a batch. */
    <T> T overhaul(Function<SimpleQueryRunner, T> work) {
        return transactions.run(AccessMode.WRITE, AUDIT_TIMEOUT, work);
    }
}
