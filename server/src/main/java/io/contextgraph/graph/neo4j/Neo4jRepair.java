// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import io.contextgraph.graph.Digest;
import io.contextgraph.graph.EntityId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.GraphRepair;
import io.contextgraph.graph.RebuildMark;
import io.contextgraph.graph.RebuildMarks;
import io.contextgraph.graph.Removal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.neo4j.driver.Record;
import org.neo4j.driver.SimpleQueryRunner;
import org.neo4j.driver.Value;

/**
 * Repairs the graph in Neo4j.
 *
 * <p><b>Shape.</b> The mark of a rebuild is a node beside the schema's: {@code (:ContextGraphSchema {name: 'rebuild', seq, owner,
 * started_at, seen_at})}; {@code seq} is a list where the ledger has several partitions.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes on one database.
 */
public final class Neo4jRepair implements GraphRepair, RebuildMarks {
    private final Neo4jGraph graph;

    /** Repairs {@code graph}, over its connections. */
    public Neo4jRepair(Neo4jGraph graph) {
        this.graph = graph;
    }

    @Override
    public void remove(SessionId session, Removal removal) {
        if (removal.isEmpty()) {
            return;
        }
        graph.overhaul(tx -> {
            GraphTransaction.run(tx, Statements.LOCK_SESSIONS, "sessions", List.of(session.value()));
            GraphTransaction.run(tx, AuditStatements.REMOVE_EDGES, "edges", edges(removal.edges()));
            empty(tx, removal.events().stream().map(EventId::toString).toList());
            GraphTransaction.run(tx, AuditStatements.REMOVE_PROPERTIES, "properties", properties(removal.properties()));
            return removal;
        });
    }

    private static void empty(SimpleQueryRunner tx, Collection<String> events) {
        GraphTransaction.empty(tx, events);
        GraphTransaction.run(
                tx,
                AuditStatements.REMOVE_UNNAMED,
                "events",
                events.stream().sorted().toList());
    }

    private static List<Map<String, Object>> edges(List<GraphEdge> edges) {
        Map<GraphEdge, Integer> counts = new LinkedHashMap<>();
        edges.forEach(edge -> counts.merge(edge, 1, Integer::sum));
        List<Map<String, Object>> rows = new ArrayList<>();
        counts.forEach((edge, count) -> rows.add(Map.of(
                "source", edge.source(),
                "target", edge.target(),
                "type", edge.type(),
                "properties", edge.properties(),
                "count", count)));
        return rows;
    }

    private static List<Map<String, Object>> properties(Map<EventId, Set<String>> names) {
        List<Map<String, Object>> rows = new ArrayList<>();
        names.forEach((event, gone) -> {
            Map<String, @Nullable Object> nothing = new HashMap<>();
            gone.forEach(name -> nothing.put(name, null));
            rows.add(Map.of("id", event.toString(), "gone", nothing));
        });
        return rows;
    }

    @Override
    public void writeKeys(Collection<String> nodes) {
        List<Map<String, Object>> rows = nodes.stream()
                .sorted()
                .distinct()
                .map(id -> Map.<String, Object>of("id", id, "key", Digest.key(id)))
                .toList();
        graph.overhaul(tx -> {
            GraphTransaction.run(tx, AuditStatements.WRITE_EVENT_KEYS, "keys", rows);
            GraphTransaction.run(tx, AuditStatements.WRITE_ENTITY_KEYS, "keys", rows);
            return rows.size();
        });
    }

    @Override
    public int removeNameless(int max) {
        return graph.overhaul(tx -> tx.run(AuditStatements.DELETE_NAMELESS, Map.<String, Object>of("limit", max))
                .single()
                .get("gone")
                .asInt());
    }

    @Override
    public int tidy(int max) {
        Map<String, Object> limit = Map.of("limit", max);
        return graph.overhaul(tx -> {
            List<String> events = tx.run(AuditStatements.STRAY_EVENT_IDS, limit)
                    .list(row -> row.get("id").asString());
            empty(tx, events);
            int gone = events.size();
            for (String statement : List.of(
                    AuditStatements.DELETE_STRAY_STUBS,
                    AuditStatements.DELETE_STRAY_ENTITIES,
                    AuditStatements.DELETE_STRAY_SESSIONS)) {
                gone += tx.run(statement, limit).single().get("gone").asInt();
            }
            return gone + straighten(tx, limit);
        });
    }

    /** Takes from stubs, agents, tools and sessions what the projection does not write there; those without a right id go. */
    private static int straighten(SimpleQueryRunner tx, Map<String, Object> limit) {
        List<Map<String, Object>> right = new ArrayList<>();
        List<Map<String, Object>> gone = new ArrayList<>();
        tx.run(AuditStatements.ODD, limit).forEachRemaining(row -> {
            String label = row.get("label").asString();
            Map<String, Object> node = Map.of("node", row.get("node").asString(), "label", label);
            identity(label, String.valueOf(row.get("id").asObject()))
                    .ifPresentOrElse(
                            wanted -> {
                                Map<String, @Nullable Object> put = new HashMap<>();
                                row.get("names").asList(Value::asString).forEach(name -> put.put(name, null));
                                put.keySet().removeIf(EventProperties::isUsage);
                                put.putAll(wanted);
                                Map<String, Object> change = new HashMap<>(node);
                                change.put("put", put);
                                right.add(change);
                            },
                            () -> gone.add(node));
        });
        GraphTransaction.run(tx, AuditStatements.STRAIGHTEN, "nodes", right);
        GraphTransaction.run(tx, AuditStatements.DELETE_NODES, "nodes", gone);
        return right.size() + gone.size();
    }

    /** What the projection writes on a node of which it knows only the id. */
    private static Optional<Map<String, Object>> identity(String label, String id) {
        return switch (label) {
            case "Entity" ->
                EntityId.parse(id)
                        .map(entity -> Map.of(
                                "entity_id",
                                id,
                                "kind",
                                entity.kind().wireName(),
                                "name",
                                entity.name(),
                                EventProperties.KEY,
                                Digest.key(id)));
            case "Session" -> Optional.of(Map.of("session_id", id));
            default -> Optional.of(EventProperties.stub(id));
        };
    }

    @Override
    public Optional<RebuildMark> claim(String owner, Instant now, Instant staleBefore) {
        return graph.write(tx -> tx
                .run(
                        AuditStatements.CLAIM_REBUILD,
                        Map.<String, Object>of(
                                "owner", owner, "now", Times.format(now), "stale", Times.format(staleBefore)))
                .stream()
                .map(Neo4jRepair::mark)
                .findFirst());
    }

    private static RebuildMark mark(Record row) {
        return new RebuildMark(
                row.get("seqs").asList(Value::asLong),
                Times.parse(row.get("started").asString()).orElse(Instant.EPOCH));
    }

    @Override
    public boolean move(String owner, List<Long> seqs, Instant now) {
        return graph.write(tx -> tx.run(
                        AuditStatements.MOVE_REBUILD,
                        Map.<String, Object>of(
                                "owner",
                                owner,
                                "seq",
                                seqs.size() == 1 ? seqs.getFirst() : seqs,
                                "now",
                                Times.format(now)))
                .hasNext());
    }

    @Override
    public void release(String owner) {
        graph.write(tx -> tx.run(AuditStatements.RELEASE_REBUILD, Map.<String, Object>of("owner", owner))
                .consume());
    }

    @Override
    public void finish(String owner) {
        graph.write(tx -> tx.run(AuditStatements.FINISH_REBUILD, Map.<String, Object>of("owner", owner))
                .consume());
    }
}
