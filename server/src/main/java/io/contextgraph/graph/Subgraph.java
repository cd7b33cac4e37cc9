// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.Cursor;
import java.util.List;
import java.util.Optional;

/**
 * A part of the graph as an answer.
 *
 * @param nodes in the order of the question
 * @param edges those whose both ends are among {@code nodes}
 * @param next the cursor of the following page; empty on the last one
 * @param truncated whether a bound of depth, nodes or time left something out that no further page will bring; told on
 *     the last page
 */
public record Subgraph(List<EventNode> nodes, List<GraphEdge> edges, Optional<Cursor> next, boolean truncated) {
    /** The answer about what the graph does not have. */
    public static final Subgraph EMPTY = new Subgraph(List.of(), List.of(), Optional.empty(), false);

    public Subgraph {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
    }
}
