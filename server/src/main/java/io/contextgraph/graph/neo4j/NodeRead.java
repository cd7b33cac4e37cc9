// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphNode;
import io.contextgraph.graph.NodePage;
import io.contextgraph.graph.NodePage.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.neo4j.driver.Record;
import org.neo4j.driver.SimpleQueryRunner;
import org.neo4j.driver.Value;

/** Reads one page of a session's nodes; those without the id of an event are strays, and left out. */
final class NodeRead {
    private final SimpleQueryRunner tx;
    private final SessionId session;
    private final List<GraphNode> found = new ArrayList<>();
    private Place last = Place.FIRST;
    private int left;

    NodeRead(SimpleQueryRunner tx, SessionId session, int max) {
        this.tx = tx;
        this.session = session;
        this.left = max;
    }

    /** Those of some ids, whatever their session. */
    static List<GraphNode> nodes(SimpleQueryRunner tx, Collection<EventId> ids) {
        List<String> texts = ids.stream().map(EventId::toString).distinct().toList();
        return tx.run(AuditStatements.WHOLE_NODES, GraphTransaction.lists("ids", texts))
                .list(NodeRead::node);
    }

    NodePage run(Optional<Place> after) {
        if (after.isEmpty()) {
            tx.run(
                            AuditStatements.ODD_NODES_OF_SESSION,
                            Map.<String, Object>of("session", session.value(), "limit", left))
                    .forEachRemaining(this::take);
        }
        Place from = after.orElse(Place.FIRST);
        last = from;
        read(AuditStatements.NODES_OF_MOMENT, from);
        read(AuditStatements.NODES_AFTER_MOMENT, from);
        return new NodePage(found, left > 0 ? Optional.empty() : Optional.of(last));
    }

    private void read(String statement, Place from) {
        if (left > 0) {
            Map<String, Object> place =
                    Map.of("session", session.value(), "ms", from.millis(), "seq", from.seq(), "limit", left);
            tx.run(statement, place).forEachRemaining(row -> {
                take(row);
                Value node = row.get("node");
                last = new Place(
                        node.get(EventFields.OCCURRED_AT_EPOCH_MS).asLong(),
                        node.get(EventFields.SEQ).asLong());
            });
        }
    }

    private void take(Record row) {
        left--;
        if (GraphPages.Node.isNamed(row)) {
            found.add(node(row));
        }
    }

    private static GraphNode node(Record row) {
        GraphPages.Node node = GraphPages.Node.of(row);
        return new GraphNode(node.id(), node.properties(), node.edges());
    }
}
