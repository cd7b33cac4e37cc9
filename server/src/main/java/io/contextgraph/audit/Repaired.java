// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import java.util.List;
import java.util.Map;

/**
 * What a repair did.
 *
 * @param asOf where each partition of the ledger ended when the repair began
 * @param events events of the ledger that were compared
 * @param sessions sessions that differed and are right now
 * @param projected events that were projected again
 * @param found how many differences of each kind there were
 * @param left how many there are still in the sessions that were touched
 * @param unsettled sessions that changed each time they were looked at
 * @param tidied nodes that no event accounted for, and that went
 * @param refused events that the graph refuses
 */
public record Repaired(
        List<Position> asOf,
        long events,
        long sessions,
        long projected,
        Map<Difference.Kind, Long> found,
        Map<Difference.Kind, Long> left,
        long unsettled,
        long tidied,
        List<EventId> refused) {
    public Repaired {
        asOf = List.copyOf(asOf);
        found = Map.copyOf(found);
        left = Map.copyOf(left);
        refused = List.copyOf(refused);
    }

    /** Whether the graph is what the ledger says, as far as it was looked at. */
    public boolean complete() {
        return left.isEmpty() && unsettled == 0;
    }
}
