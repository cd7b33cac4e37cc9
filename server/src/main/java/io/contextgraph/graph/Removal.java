// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.EventId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What does not belong into a session of the graph.
 *
 * @param events that the ledger does not have, or that must make room for another of their id: their nodes go, or become stubs where other events name them
 * @param edges that begin at events of the session; one that is there too often comes as often as it must go
 * @param properties names of properties by event
 */
public record Removal(List<EventId> events, List<GraphEdge> edges, Map<EventId, Set<String>> properties) {
    public Removal {
        events = List.copyOf(events);
        edges = List.copyOf(edges);
        properties = Map.copyOf(properties);
    }

    /** Whether there is nothing to take out. */
    public boolean isEmpty() {
        return events.isEmpty() && edges.isEmpty() && properties.isEmpty();
    }
}
