// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.ContentHash;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Fault;
import io.contextgraph.event.Position;
import java.time.Instant;

/** What became of one event of an append. */
public sealed interface AppendOutcome {
    /** The event that was offered. */
    EventId eventId();

    /** What the store assigned to an event. */
    record Receipt(Position position, long seq, long sessionSeq, Instant recordedAt) {}

    /** The event is new and stands at the receipt's position. */
    record Appended(EventId eventId, Receipt receipt) implements AppendOutcome {}

    /** The same event was there already; the receipt is that of the first time. Nothing was written. */
    record Duplicate(EventId eventId, Receipt receipt) implements AppendOutcome {}

    /** Another event has this id. Nothing was written. */
    record Conflict(EventId eventId, ContentHash stored, ContentHash offered) implements AppendOutcome {}

    /** The session does not have the expected number of events. Nothing was written. */
    record UnexpectedSessionSeq(EventId eventId, ExpectedSessionSeq expected, long actual) implements AppendOutcome {}

    /**
     * The event is about a person, and not sealed as {@link PersonalPayloads} wants it. Nothing was written.
     *
     * @param fault what is wrong with it
     */
    record Personal(EventId eventId, Fault fault) implements AppendOutcome {
        /** What a ledger says that knows no keys. */
        public Personal(EventId eventId) {
            this(eventId, PersonalPayloads.FAULT);
        }
    }

    /**
     * The subject of the event was erased, and with it every key up to {@code generation}; this event is sealed by one of them.
     * Nothing was written.
     */
    record Fenced(EventId eventId, int generation) implements AppendOutcome {}

    /** The ledger had this event, or another one with its id, until it was pruned. Nothing was written. */
    record Gone(EventId eventId, Lookup.Gone gone) implements AppendOutcome {}

    /**
     * The ledger cannot take this event, while it can take others: what is stored for it or its session is not as it should be; or
     * the keys that seal it cannot be had; or the partition of its session fails, where there are several.
     *
     * <p>Nothing was written for it. Only where a partition has failed that may not be so: as after a {@link LedgerException} it may
     * be repeated.
     *
     * @param reason what an append of this event alone fails with
     * @param why what is wrong, fit to be told to whoever offered the event
     */
    record Refused(EventId eventId, LedgerException.Reason reason, String why) implements AppendOutcome {}
}
