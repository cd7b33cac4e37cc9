// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Looks at the whole of the graph, to compare it with the ledger. Safe for threads. */
public interface GraphAudit extends GraphReader {
    /** Most events that one page of {@link #digests} adds up. */
    int MAX_DIGESTS = 1 << 15;

    /** Most nodes in one answer of {@link #nodes}. */
    int MAX_NODES = 1_000;

    /**
     * Every session that any event node names, page by page, in an order of the store's own.
     *
     * @param after the last one of the page before; empty to begin
     * @param max most sessions to return, at least 1
     * @return empty only at the end
     */
    List<SessionId> sessions(Optional<SessionId> after, int max);

    /**
     * What the graph holds about a session: its event nodes and all edges that begin at them, page by page. Stubs belong to
     * no session.
     *
     * <p><b>Guarantees.</b> A page is one moment. A node with a time or a number that is none is on a page that begins
     * without {@code after}, as far as there is room.
     *
     * @param after where the last page ended; empty to begin
     * @param max most nodes, 1 to {@value #MAX_NODES}
     */
    NodePage nodes(SessionId session, Optional<NodePage.Place> after, int max);

    /** Those among {@code ids} that are there, stubs included, with all edges that begin at them, in no order. */
    List<GraphNode> nodes(Collection<EventId> ids);

    /**
     * Adds up the sessions, page by page, from what the projection wrote beside each node.
     *
     * <p><b>Guarantees.</b> A page is one moment; events that come or go between two pages may be counted or not.
     *
     * @param after where the last page ended; empty to begin
     * @param max most events to add up, 1 to {@value #MAX_DIGESTS}
     */
    DigestPage digests(Optional<DigestPage.Place> after, int max);

    /**
     * Nodes that no event accounts for, or not as they stand.
     *
     * @param max most of each kind
     */
    List<Stray> strays(int max);
}
