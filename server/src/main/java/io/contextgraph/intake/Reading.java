// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.intake;

import io.contextgraph.event.Event;
import io.contextgraph.event.Fault;
import java.util.List;
import java.util.Optional;

/** What came of reading one event: the event, or all its faults. */
public sealed interface Reading {
    /** Keeps every rule; the ledger may be asked. */
    record Valid(Event event) implements Reading {}

    /**
     * Breaks a rule; the ledger is not asked.
     *
     * @param claimedId what it claims to be called, where it says so in a usable form
     * @param code what sums up the faults
     */
    record Invalid(Optional<String> claimedId, String code, List<Fault> faults) implements Reading, Judged {}
}
