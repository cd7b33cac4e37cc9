// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.Digest;
import io.contextgraph.graph.EntityId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.neo4j.SessionChain.Follows;
import io.contextgraph.graph.neo4j.SessionChain.Link;
import io.contextgraph.graph.neo4j.SessionChain.Neighbours;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.neo4j.driver.Record;
import org.neo4j.driver.SimpleQueryRunner;
import org.neo4j.driver.Value;

/**
 * Applies one set of changes within one transaction, in at most five statements whatever its size, and
 * usually three; twice as many where events have moved, which is rare, and two more for summaries.
 */
final class GraphTransaction {
    private final SimpleQueryRunner tx;

    GraphTransaction(SimpleQueryRunner tx) {
        this.tx = tx;
    }

    void apply(ChangeSet changes) {
        Placed placed = place(changes);
        if (!placed.moved().isEmpty()) {
            vacate(placed.moved(), changes);
            placed = place(changes);
        }
        run(Statements.UNLINK, "events", placed.stale());
        join(placed.fresh(), changes);
        SummaryWrite.run(tx, changes.summaries);
    }

    /**
     * What putting the events of a change has shown.
     *
     * @param stale events whose FOLLOWS edges must go
     * @param fresh the edges that must come
     * @param moved where events stood before that stood elsewhere in their session, by id; what is said of edges is then
     *     wrong
     */
    private record Placed(List<String> stale, List<Follows> fresh, SortedMap<String, Map<String, Object>> moved) {}

    private Placed place(ChangeSet changes) {
        List<String> stale = new ArrayList<>();
        List<Follows> fresh = new ArrayList<>();
        if (!changes.events.isEmpty()) {
            relink(changes.chains.values(), lockSessions(changes), stale, fresh);
        }
        Set<String> linked = new HashSet<>(stale);
        fresh.forEach(edge -> Collections.addAll(linked, edge.later(), edge.earlier()));
        return new Placed(stale, fresh, put(changes.rows(linked), changes));
    }

    /** The last event of each session that has any. */
    private Map<String, Link> lockSessions(ChangeSet changes) {
        Map<String, Link> tails = new HashMap<>();
        for (Record row : tx.run(Statements.LOCK_SESSIONS, lists("sessions", List.copyOf(changes.chains.keySet())))
                .list()) {
            tails.put(
                    row.get("session").asString(),
                    new Link(
                            row.get("id").asString(),
                            row.get("ms").asLong(),
                            row.get("seq").asLong()));
        }
        return tails;
    }

    /**
     * Events that come with another number leave their old place, and whom they displaced there joins anew: a Redis that
     * lost its last writes numbers what is sent again as it comes.
     */
    private void vacate(SortedMap<String, Map<String, Object>> moved, ChangeSet changes) {
        for (Record row : tx.run(Statements.DISPLACED, lists("moved", List.copyOf(moved.values())))
                .list()) {
            Link displaced = link(row.get("event"));
            SessionChain chain = changes.chains.get(row.get("session").asString());
            if (chain != null && !moved.containsKey(displaced.id())) {
                chain.add(displaced);
            }
        }
        empty(tx, moved.keySet());
    }

    /** Leaves of events what others say of them: a node that has an id and a key. */
    static void empty(SimpleQueryRunner tx, Collection<String> events) {
        List<Map<String, Object>> rows = events.stream()
                .sorted()
                .map(id -> Map.<String, Object>of("id", id, "stub", EventProperties.stub(id)))
                .toList();
        run(tx, AuditStatements.REMOVE_OWN_EDGES, "events", rows);
        run(tx, AuditStatements.REMOVE_FOLLOWERS, "events", rows);
        run(tx, AuditStatements.EMPTY_EVENTS, "events", rows);
    }

    private void relink(
            Collection<SessionChain> chains, Map<String, Link> tails, List<String> stale, List<Follows> fresh) {
        List<SessionChain> inserting = new ArrayList<>();
        for (SessionChain chain : chains) {
            Link tail = tails.get(chain.session());
            if (chain.isAppend(tail)) {
                fresh.addAll(chain.append(tail));
            } else {
                inserting.add(chain);
            }
        }
        if (!inserting.isEmpty()) {
            Map<String, Neighbours> around = neighbours(inserting);
            inserting.forEach(chain -> chain.insert(around, stale, fresh));
        }
    }

    private Map<String, Neighbours> neighbours(List<SessionChain> chains) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (SessionChain chain : chains) {
            for (Link link : chain.joining()) {
                rows.add(Map.of("session", chain.session(), "id", link.id(), "ms", link.millis(), "seq", link.seq()));
            }
        }
        Map<String, Neighbours> around = new HashMap<>();
        for (Record row : tx.run(Statements.NEIGHBOURS, lists("events", rows)).list()) {
            String id = row.get("id").asString();
            // The neighbour of the same time, when there is one, comes first and is the nearer one.
            Value before = row.get("before");
            Value after = row.get("after");
            Link next = after.isEmpty() ? null : link(after.get(0));
            around.put(
                    id,
                    new Neighbours(
                            before.isEmpty() ? null : link(before.get(0)),
                            next,
                            follows(id, row.get("own")),
                            next == null
                                    ? List.of()
                                    : follows(next.id(), after.get(0).get(3))));
        }
        return around;
    }

    private static Link link(Value triple) {
        return new Link(
                triple.get(0).asString(), triple.get(1).asLong(), triple.get(2).asLong());
    }

    private static List<Follows> follows(String later, Value edges) {
        return edges.asList(edge -> {
            Value properties = edge.get(1);
            // An edge that is not as it should be never equals the one wanted, and is replaced.
            boolean whole = properties.size() == 2;
            return new Follows(
                    later,
                    edge.get(0).asString(""),
                    whole ? properties.get("session_id").asString("") : "",
                    whole ? properties.get("delta_ms").asLong(-1) : -1);
        });
    }

    private static Map<String, Object> row(Follows edge) {
        return Map.of(
                "later", edge.later(),
                "earlier", edge.earlier(),
                "session", edge.session(),
                "delta", edge.deltaMillis());
    }

    /**
     * Answers with the places of events that stood elsewhere in their session.
     *
     * @throws GraphException where one is there from another partition: then the transaction must not be committed
     */
    private SortedMap<String, Map<String, Object>> put(List<Map<String, Object>> rows, ChangeSet changes) {
        SortedMap<String, Map<String, Object>> moved = new TreeMap<>();
        for (Record row : tx.run(Statements.PUT_EVENTS, lists("events", rows)).list()) {
            String id = row.get("id").asString();
            Value first = row.get("first");
            if (!first.isNull()) {
                throw GraphException.doubleId(
                        new SessionId(first.get(0).asString()),
                        Position.of(first.get(1).asString()),
                        EventProperties.read(Objects.requireNonNull(changes.events.get(id))));
            }
            if (row.get("moved").isNull()) {
                changes.forget(
                        id,
                        row.get("parents").asList(Value::asString),
                        row.get("entities").asList(Value::asString));
            } else {
                moved.put(id, row.get("moved").asMap());
            }
        }
        return moved;
    }

    private void join(List<Follows> fresh, ChangeSet changes) {
        List<Map<String, Object>> links =
                fresh.stream().map(GraphTransaction::row).toList();
        List<Map<String, Object>> causes = causes(changes);
        List<Map<String, Object>> entities = entities(changes);
        if (!links.isEmpty() || !causes.isEmpty() || !entities.isEmpty()) {
            tx.run(Statements.JOIN, Map.of("in", Map.of("links", links, "causes", causes, "entities", entities)))
                    .consume();
        }
    }

    private static List<Map<String, Object>> causes(ChangeSet changes) {
        List<Map<String, Object>> rows = new ArrayList<>();
        changes.causes.forEach(
                (child, parents) -> parents.forEach(parent -> rows.add(Map.of("child", child, "parent", parent))));
        return rows;
    }

    private static List<Map<String, Object>> entities(ChangeSet changes) {
        SortedMap<EntityId, List<String>> events = new TreeMap<>();
        changes.references.forEach((event, entities) -> entities.forEach(
                entity -> events.computeIfAbsent(entity, e -> new ArrayList<>()).add(event)));
        List<Map<String, Object>> rows = new ArrayList<>();
        events.forEach((entity, sources) -> rows.add(Map.of(
                "id", entity.toString(),
                "kind", entity.kind().wireName(),
                "name", entity.name(),
                "key", Digest.key(entity.toString()),
                "events", sources)));
        return rows;
    }

    private void run(String statement, String parameter, List<?> rows) {
        run(tx, statement, parameter, rows);
    }

    /** Runs a statement that takes one list, unless that is empty. */
    static void run(SimpleQueryRunner tx, String statement, String parameter, List<?> rows) {
        if (!rows.isEmpty()) {
            tx.run(statement, lists(parameter, rows)).consume();
        }
    }

    /** The parameters of a statement that takes one list. */
    static Map<String, Object> lists(String name, List<?> rows) {
        return Map.of("in", Map.of(name, rows));
    }
}
