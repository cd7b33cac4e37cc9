// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.Projection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.neo4j.driver.Driver;
import org.neo4j.driver.Session;

/**
 * The same nodes and edges as the projection makes of events that come in order, by the plainest {@code UNWIND ... MERGE}: right only
 * as long as nothing is late, nothing comes twice and nobody else writes.
 */
public final class BareGraph implements AutoCloseable {
    private static final String EVENTS = """
            UNWIND $in.rows AS row
            MERGE (e:Event {event_id: row.id}) SET e += row.put
            MERGE (:Session {session_id: row.session})""";
    private static final String FOLLOWS = """
            UNWIND $in.rows AS row
            MATCH (later:Event {event_id: row.later}) MATCH (earlier:Event {event_id: row.earlier})
            MERGE (later)-[f:FOLLOWS]->(earlier) SET f.session_id = row.session, f.delta_ms = row.delta""";
    private static final String CAUSES = """
            UNWIND $in.rows AS row
            MATCH (child:Event {event_id: row.child}) MERGE (parent:Event {event_id: row.parent})
            MERGE (child)-[:CAUSED_BY {mechanism: 'direct'}]->(parent)""";
    private static final String REFERENCES = """
            UNWIND $in.rows AS row
            MATCH (e:Event {event_id: row.event})
            MERGE (x:Entity {entity_id: row.entity}) ON CREATE SET x.kind = row.kind, x.name = row.name
            MERGE (e)-[:REFERENCES {role: row.kind}]->(x)""";

    private final Driver driver;
    private final Map<String, RecordedEvent> tails = new HashMap<>();

    public BareGraph(Driver driver) {
        this.driver = driver;
    }

    public void apply(List<RecordedEvent> batch) {
        List<Map<String, Object>> events = new ArrayList<>();
        List<Map<String, Object>> follows = new ArrayList<>();
        List<Map<String, Object>> causes = new ArrayList<>();
        List<Map<String, Object>> references = new ArrayList<>();
        for (RecordedEvent recorded : batch) {
            String id = recorded.event().id().toString();
            for (GraphChange change : Projection.project(recorded)) {
                switch (change) {
                    case GraphChange.PutEvent put ->
                        events.add(Map.of(
                                "id", id,
                                "put", EventProperties.of(put.event()),
                                "session", put.event().event().sessionId().value()));
                    case GraphChange.Cause cause ->
                        causes.add(Map.of("child", id, "parent", cause.parent().toString()));
                    case GraphChange.Reference reference ->
                        references.add(Map.of(
                                "event", id,
                                "entity", reference.entity().toString(),
                                "kind", reference.entity().kind().wireName(),
                                "name", reference.entity().name()));
                    case GraphChange.Summarize ignored -> {}
                }
            }
            RecordedEvent before = tails.put(recorded.event().sessionId().value(), recorded);
            if (before != null) {
                follows.add(Map.of(
                        "later",
                        id,
                        "earlier",
                        before.event().id().toString(),
                        "session",
                        recorded.event().sessionId().value(),
                        "delta",
                        recorded.event().occurredAt().toEpochMilli()
                                - before.event().occurredAt().toEpochMilli()));
            }
        }
        try (Session session = driver.session()) {
            session.executeWriteWithoutResult(tx -> {
                tx.run(EVENTS, Map.of("in", Map.of("rows", events))).consume();
                tx.run(FOLLOWS, Map.of("in", Map.of("rows", follows))).consume();
                tx.run(CAUSES, Map.of("in", Map.of("rows", causes))).consume();
                tx.run(REFERENCES, Map.of("in", Map.of("rows", references))).consume();
            });
        }
    }

    @Override
    public void close() {
        driver.close();
    }
}
