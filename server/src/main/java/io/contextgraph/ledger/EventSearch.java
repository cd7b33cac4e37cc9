// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.EventQuery;

/**
 * Finds events by what they say.
 *
 * <p><b>Guarantees.</b> Complete: every event that matches and was recorded before the first page was asked for comes
 * exactly once over all pages, however many are appended meanwhile; or the call fails. Every implementation gives the
 * same events in the same order. Where cold events have left the index, a query that goes by it is complete over the
 * others, and each of its pages says so by {@link EventPage.Scope#leftOut}; one that names a session, and one in commit order
 * without filters, is complete over all. What has been taken out for good is gone from all answers, and every page tells how
 * much that is by {@link EventPage.Scope#pruned}; a cursor stays valid across it: what was there and is gone when its page is made is
 * left out, everything else comes exactly once.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public interface EventSearch {
    /**
     * One page, without payloads and originals.
     *
     * @throws io.contextgraph.event.InvalidInputException when the cursor is damaged or of another query
     * @throws LedgerException when the store does not answer, or not completely
     */
    EventPage search(EventQuery query);
}
