// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All events of a session in the graph, for comparison.
 *
 * @param events every property of each event node, by event; stubs belong to no session
 * @param edges every edge that begins at one of the events, in the order of {@link GraphEdge}'s components; one that is
 *     there twice comes twice
 */
public record GraphSnapshot(Map<EventId, Map<String, Object>> events, List<GraphEdge> edges) {
    private static final Comparator<GraphEdge> ORDER = Comparator.comparing(GraphEdge::source)
            .thenComparing(GraphEdge::target)
            .thenComparing(GraphEdge::type)
            .thenComparing(edge -> new TreeMap<>(edge.properties()).toString());

    public GraphSnapshot {
        events = Map.copyOf(events);
        edges = edges.stream().sorted(ORDER).toList();
    }

    /** What a graph holds about a session. */
    public static GraphSnapshot of(GraphAudit graph, SessionId session) {
        return of(graph, session, GraphAudit.MAX_NODES);
    }

    /** The same, read in pages of {@code size} nodes, which come in the order of time. */
    public static GraphSnapshot of(GraphAudit graph, SessionId session, int size) {
        Map<EventId, Map<String, Object>> events = new HashMap<>();
        List<GraphEdge> edges = new ArrayList<>();
        NodePage.Place last = NodePage.Place.FIRST;
        Optional<NodePage.Place> next = Optional.empty();
        do {
            NodePage page = graph.nodes(session, next, size);
            assertThat(page.nodes()).hasSizeLessThanOrEqualTo(size);
            for (GraphNode node : page.nodes()) {
                NodePage.Place place = node.place().orElse(NodePage.Place.FIRST);
                assertThat(place).isGreaterThanOrEqualTo(last);
                assertThat(events.put(node.id(), node.properties())).as("twice").isNull();
                edges.addAll(node.edges());
                last = place;
            }
            next = page.next();
        } while (next.isPresent());
        return new GraphSnapshot(events, edges);
    }
}
