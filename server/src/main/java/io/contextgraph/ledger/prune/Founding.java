// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.prune;

import io.contextgraph.event.EventType;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.SessionSummary;
import java.util.Map;
import java.util.Set;

/**
 * Begins a ledger anew whose store was lost: as one of which all events are gone, so that {@link Pruning#restore} brings them
 * back with their old numbers and positions.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.ledger.LedgerException}.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public interface Founding {
    /**
     * Begins it, at once or not at all. Nothing can be appended before the last event has come back.
     *
     * @param identity which ledger it was, and with which epoch it goes on
     * @param last the last event that is known of it
     * @return whether it has begun; not where there is any event, or a ledger without events that was begun so
     */
    boolean found(LedgerIdentity identity, Head last);

    /**
     * Says which sessions it had, and of which types its events were. It can be repeated as long as nothing has come back.
     *
     * @param sessions each as it was, with what to keep in place of its events, see {@link PrunedSession#tally}; at most
     *     {@value Pruning#MAX_STEP}
     */
    void sessions(Map<SessionSummary, String> sessions, Set<EventType> types);
}
