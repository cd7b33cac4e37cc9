// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.prune;

import io.contextgraph.ledger.Lookup;
import java.time.Instant;

/**
 * The record of a pruning.
 *
 * @param at when it was begun, to the millisecond; no other has the same
 */
public record Pruned(Instant at, Pruning.Plan plan) {
    /** What is known of an event that went with it. */
    public Lookup.Gone gone() {
        return new Lookup.Gone(at, plan.rule(), plan.archived() ? plan.segment() : "");
    }
}
