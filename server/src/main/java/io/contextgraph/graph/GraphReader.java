// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.summary.Summary;
import java.util.Collection;
import java.util.List;
import java.util.Map;

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

    /**
     * What the graph says of a session's events that have been archived, in the order of their first numbers.
     *
     * @param max most of them, at least 1
     */
    List<Summary> summaries(SessionId session, int max);

    /** What the graph says of each of these events, together with others; those that it does not know as archived are left out. */
    Map<EventId, Summary> summaries(Collection<EventId> ids);

    /** Counts and versions; also the way to see whether the store answers. */
    GraphStats stats();
}
