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
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Subgraph;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.neo4j.driver.SimpleQueryRunner;

/**
 * Everything that the projection asks of Neo4j, done once with events that nobody else has and then undone: a database
 * that has just started takes seconds to plan it, for which the first events would wait.
 */
final class Rehearsal {
    /** The transaction has a limit of its own. */
    private static final Duration UNLIMITED = Duration.ZERO;

    private final SimpleQueryRunner tx;
    private final String name = UUID.randomUUID().toString();

    Rehearsal(SimpleQueryRunner tx) {
        this.tx = tx;
    }

    /** Leaves a transaction that must not be committed. */
    void run() {
        EventId first = new EventId(UUID.randomUUID());
        EventId second = new EventId(UUID.randomUUID());
        EventId between = new EventId(UUID.randomUUID());
        apply(event(first, second, 1, 0), event(second, first, 2, 1000));
        apply(event(between, first, 3, 500), event(second, first, 4, 1000));
        read(first);
    }

    private void read(EventId start) {
        GraphPages pages = new GraphPages(tx);
        for (LineageQuery.Direction direction : LineageQuery.Direction.values()) {
            for (int depth : List.of(1, 10)) {
                pages.lineage(new LineageQuery(start, direction, depth, 10, UNLIMITED, Optional.empty()));
            }
        }
        // Few relatives are known without these.
        List<String> one = List.of(start.toString());
        List<String> two = List.of(start.toString(), new EventId(UUID.randomUUID()).toString());
        LineageQuery.Place place = new LineageQuery.Place(1, Long.MIN_VALUE, 0, start);
        int ignored = new Causes(tx, Relatives.none()).after(place, one, 10).size()
                + new Effects(tx, Relatives.none()).after(place, one, 10).size()
                + new Effects(tx, Relatives.none()).after(place, two, 10).size();
        tx.run(Statements.EFFECTS, Map.of("in", Map.of("causes", List.of()), "each", 1, "most", 1))
                .consume();
        tx.run(Statements.NODES, GraphTransaction.lists("ids", one)).consume();
        ContextQuery query = new ContextQuery(new SessionId(name), 1, Instant.EPOCH, UNLIMITED, Optional.empty());
        Subgraph page = pages.context(query);
        pages.context(new ContextQuery(query.session(), 10, query.now(), query.timeout(), page.next()));
    }

    private void apply(RecordedEvent... events) {
        new GraphTransaction(tx).apply(new ChangeSet(Projection.project(List.of(events))));
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
