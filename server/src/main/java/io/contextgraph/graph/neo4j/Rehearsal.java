// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.Projection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.neo4j.driver.Transaction;

/**
 * Everything that the projection asks of Neo4j, done once with events that nobody else has and then undone: a database
 * that has just started takes seconds to plan it, for which the first events would wait.
 */
final class Rehearsal {
    private final Transaction tx;
    private final String name = UUID.randomUUID().toString();

    Rehearsal(Transaction tx) {
        this.tx = tx;
    }

    /** Leaves a transaction that must not be committed. */
    void run() {
        EventId first = new EventId(UUID.randomUUID());
        EventId second = new EventId(UUID.randomUUID());
        EventId between = new EventId(UUID.randomUUID());
        apply(event(first, second, 1, 0), event(second, first, 2, 1000));
        apply(event(between, first, 3, 500), event(second, first, 2, 1000));
        List<String> ids = List.of(first.toString(), second.toString());
        ask(Statements.NODES, GraphTransaction.lists("ids", ids));
        for (String level : List.of(Statements.LEVEL_UP, Statements.LEVEL_DOWN)) {
            ask(level, Map.of("in", Map.of("from", ids), "ms", 0L, "seq", 0L, "id", name, "limit", 1));
        }
        ask(Statements.CONTEXT_OF_RANK, Map.of("session", name, "rank", 0L, "seq", 0L, "limit", 1));
        ask(Statements.CONTEXT_BELOW_RANK, Map.of("session", name, "rank", Long.MAX_VALUE, "seq", 0L, "limit", 1));
    }

    private void apply(RecordedEvent... events) {
        new GraphTransaction(tx).apply(new ChangeSet(Projection.project(List.of(events))));
    }

    private void ask(String statement, Map<String, Object> parameters) {
        tx.run(statement, parameters).consume();
    }

    private RecordedEvent event(EventId id, EventId parent, long seq, long millis) {
        Event event = Event.builder(
                        id, new EventType("rehearsal.event"), Instant.EPOCH.plusMillis(millis), new SessionId(name))
                .agentId(name)
                .traceId(name)
                .toolName(name)
                .payloadRef(id.toString())
                .parentId(parent)
                .build();
        return new RecordedEvent(
                event, new Position(1, seq), seq, seq, Instant.EPOCH.plusMillis(1), EventJson.hash(event));
    }
}
