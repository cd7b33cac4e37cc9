// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.intake;

import io.contextgraph.event.Event;
import io.contextgraph.event.Fault;
import io.contextgraph.event.Original;
import java.util.List;
import java.util.Optional;

/** What came of reading one event: the event, or all its faults. */
public sealed interface Reading {
    /**
     * Keeps every rule; the ledger may be asked.
     *
     * @param original what the ledger that first recorded it had assigned, where that came with it
     */
    record Valid(Event event, Optional<Original> original) implements Reading {}

    /**
     * Breaks a rule; the ledger is not asked.
     *
     * @param claimedId what it claims to be called, where it says so in a usable form
     * @param code what sums up the faults
     */
    record Invalid(Optional<String> claimedId, String code, List<Fault> faults) implements Reading, Judged {}
}
