// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.graph.Stray;
import io.contextgraph.ledger.Head;
import java.util.List;
import java.util.Map;

/**
 * What a comparison of ledger and graph found.
 *
 * @param asOf the ledger as it was when the comparison began
 * @param behind events up to {@code asOf} that the graph had not seen when the comparison began; those may be among the
 *     differences
 * @param sessions sessions of the ledger that were compared
 * @param events events of the ledger that were compared
 * @param unsettled sessions that changed each time they were looked at, and so were not compared
 * @param exactly those among {@code sessions} that were compared event by event
 * @param differences how many of each kind; kinds without any are absent
 * @param strays nodes that no event accounts for, the first hundred of each kind
 */
public record Verification(
        Head asOf,
        long behind,
        long sessions,
        long events,
        long unsettled,
        long exactly,
        Map<Difference.Kind, Long> differences,
        List<Stray> strays) {
    public Verification {
        differences = Map.copyOf(differences);
        strays = List.copyOf(strays);
    }

    /** Whether every session was compared and the graph is exactly what the ledger says. */
    public boolean equal() {
        return behind == 0 && unsettled == 0 && differences.isEmpty() && strays.isEmpty();
    }
}
