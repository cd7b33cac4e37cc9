// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.EventId;
import java.util.Map;
import java.util.Set;

/**
 * Part of the graph, whole, for comparison.
 *
 * @param events every property of each event node, by event; an empty map for a stub
 * @param edges every edge that begins at one of the events
 */
public record GraphSnapshot(Map<EventId, Map<String, Object>> events, Set<GraphEdge> edges) {
    public GraphSnapshot {
        events = Map.copyOf(events);
        edges = Set.copyOf(edges);
    }
}
