// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

/**
 * Asks the graph.
 *
 * <p><b>Guarantees.</b> Bounded in depth, nodes and time, inside the store; an answer that was cut says so.
 *
 * <p><b>Errors.</b> {@link GraphException} when the store does not answer or the time ran out.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public interface GraphReader {
    /**
     * Causes or effects of an event along CAUSED_BY, nearest first, the start node always first; empty when the graph
     * does not have it.
     */
    Subgraph lineage(LineageQuery query);

    /** The events of a session ranked by decay score, best first, with the edges among those on the page. */
    Subgraph context(ContextQuery query);

    /** Counts and versions; also the way to see whether the store answers. */
    GraphStats stats();
}
