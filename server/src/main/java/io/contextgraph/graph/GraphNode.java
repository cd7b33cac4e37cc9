// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An event's node with everything that begins at it, for comparison.
 *
 * @param properties whatever stands there
 * @param edges all that begin at the node, in the order of {@link GraphEdge}'s components; one that is there twice comes twice
 */
public record GraphNode(EventId id, Map<String, Object> properties, List<GraphEdge> edges) {
    private static final Comparator<GraphEdge> ORDER = Comparator.comparing(GraphEdge::source)
            .thenComparing(GraphEdge::target)
            .thenComparing(GraphEdge::type)
            .thenComparing(edge -> new TreeMap<>(edge.properties()).toString());

    public GraphNode {
        properties = Map.copyOf(properties);
        edges = edges.stream().sorted(ORDER).toList();
    }

    /** Where a session has the node; empty where time or number are none. */
    public Optional<NodePage.Place> place() {
        return properties.get(EventFields.OCCURRED_AT_EPOCH_MS) instanceof Long millis
                        && properties.get(EventFields.SEQ) instanceof Long seq
                ? Optional.of(new NodePage.Place(millis, seq))
                : Optional.empty();
    }

    /** The session that the node says that it belongs to; empty where it says none. */
    public Optional<SessionId> session() {
        try {
            return properties.get(EventFields.SESSION_ID) instanceof String text
                    ? Optional.of(new SessionId(text))
                    : Optional.empty();
        } catch (IllegalArgumentException noSession) {
            return Optional.empty();
        }
    }

    /** The position that the node says that its event has; empty where it says none. */
    public Optional<Position> position() {
        return properties.get(EventFields.GLOBAL_POSITION) instanceof String text
                ? Position.parse(text)
                : Optional.empty();
    }

    /** Whether the node says that it belongs to a session, and has some time and number. */
    public boolean isIn(SessionId session) {
        return session.value().equals(properties.get(EventFields.SESSION_ID))
                && properties.containsKey(EventFields.OCCURRED_AT_EPOCH_MS)
                && properties.containsKey(EventFields.SEQ);
    }
}
