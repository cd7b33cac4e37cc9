// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.intake;

import io.contextgraph.event.ContentHash;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Fault;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;

/** What the ledger made of one event, whatever door it came by. */
public sealed interface Verdict extends Judged {
    /** It is in the ledger; where it was there before, the receipt is that of the first time. */
    record Taken(EventId eventId, AppendOutcome.Receipt receipt, boolean duplicate) implements Verdict {}

    /** Another event has this id. */
    record Conflict(EventId eventId, ContentHash stored, ContentHash offered) implements Verdict {}

    /** It is about a person, and cannot be taken for that; the fault says why. */
    record Personal(EventId eventId, Fault fault) implements Verdict {}

    /** It is about a person who was erased with all keys up to a generation, and sealed by one of these. */
    record Fenced(EventId eventId, int generation) implements Verdict {}

    /** It was in the ledger, and is gone. */
    record Gone(EventId eventId, Lookup.Gone gone) implements Verdict {}

    /** The ledger cannot take it, while it can take others; {@code why} is fit to be told. */
    record Refused(EventId eventId, LedgerException.Reason reason, String why) implements Verdict {}

    /** What the ledger answered to an append that expected nothing of its session. */
    static Verdict of(AppendOutcome outcome) {
        return switch (outcome) {
            case AppendOutcome.Appended taken -> new Taken(taken.eventId(), taken.receipt(), false);
            case AppendOutcome.Duplicate taken -> new Taken(taken.eventId(), taken.receipt(), true);
            case AppendOutcome.Conflict conflict ->
                new Conflict(conflict.eventId(), conflict.stored(), conflict.offered());
            case AppendOutcome.Personal personal -> new Personal(personal.eventId(), personal.fault());
            case AppendOutcome.Fenced fenced -> new Fenced(fenced.eventId(), fenced.generation());
            case AppendOutcome.Gone gone -> new Gone(gone.eventId(), gone.gone());
            case AppendOutcome.Refused refused -> new Refused(refused.eventId(), refused.reason(), refused.why());
            case AppendOutcome.UnexpectedSessionSeq unasked ->
                throw new IllegalStateException("nothing was expected of the session of " + unasked.eventId());
        };
    }
}
