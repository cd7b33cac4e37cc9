// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import java.util.List;
import java.util.Optional;

/** Looks at the whole of the graph, to compare it with the ledger. Safe for threads. */
public interface GraphAudit extends GraphReader {
    /** Most events that one page of {@link #digests} adds up. */
    int MAX_DIGESTS = 1 << 15;

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
