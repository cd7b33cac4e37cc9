// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.EventId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
}
