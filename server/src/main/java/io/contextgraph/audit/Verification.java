// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.Position;
import io.contextgraph.graph.Stray;
import java.util.List;
import java.util.Map;

/**
 * What a comparison of ledger and graph found.
 *
 * @param asOf where each partition of the ledger ended when the comparison began
 * @param behind events up to {@code asOf} that the graph had not seen when the comparison began
 * @param sessions sessions of the ledger that were compared
 * @param events events of the ledger that were compared
 * @param unsettled sessions that are no verdict: the graph had not seen all of them, or they changed each time they were
 *     looked at
 * @param exactly those among {@code sessions} that were compared event by event
 * @param differences how many of each kind; kinds without any are absent
 * @param strays nodes that no event accounts for, the first hundred of each kind
 */
public record Verification(
        List<Position> asOf,
        long behind,
        long sessions,
        long events,
        long unsettled,
        long exactly,
        Map<Difference.Kind, Long> differences,
        List<Stray> strays) {
    public Verification {
        asOf = List.copyOf(asOf);
        differences = Map.copyOf(differences);
        strays = List.copyOf(strays);
    }

    /** What it comes to. */
    public enum Verdict {
        /** Every session was compared, and the graph is exactly what the ledger says. */
        EQUAL("equal"),
        /** Nothing differs, but some sessions could not be compared yet. */
        UNSETTLED("unsettled"),
        DIFFERENT("different");

        private final String wireName;

        Verdict(String wireName) {
            this.wireName = wireName;
        }

        /** Stable name for machines. */
        public String wireName() {
            return wireName;
        }
    }

    /** What it comes to. */
    public Verdict verdict() {
        if (!differences.isEmpty() || !strays.isEmpty()) {
            return Verdict.DIFFERENT;
        }
        return unsettled > 0 ? Verdict.UNSETTLED : Verdict.EQUAL;
    }

    /** Whether every session was compared and the graph is exactly what the ledger says. */
    public boolean equal() {
        return verdict() == Verdict.EQUAL;
    }
}
