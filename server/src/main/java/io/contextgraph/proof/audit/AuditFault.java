// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.event.EventId;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that is not as it was signed for.
 *
 * @param seq number of the event that it is about; 0 where it is about none
 * @param event its id, where that is known
 * @param message in words, with what to do where that can be said
 */
public record AuditFault(Kind kind, long seq, Optional<EventId> event, String message) {
    /** What it is. */
    public enum Kind {
        /** What was signed last is not signed by a key of this server, or says something else than its tiles. */
        CHECKPOINT,
        /** A tile of the log is missing, or was altered. */
        TILE,
        /** What was signed earlier is not what the log began with: the history was written anew. */
        HISTORY,
        /** An event is not the one that was signed for. */
        ALTERED,
        /** Two events have changed places. */
        EXCHANGED,
        /** An event that was never signed for stands among those that were. */
        INSERTED,
        /** An event is not there, and was not taken out by retention. */
        MISSING,
        /** The ledger ends before the last event that was signed for. */
        CUT,
        /** What the archive has of an event, or lacks, is not what was signed for. */
        ARCHIVE,
        /** A payload was erased, and no receipt that was signed and recorded says so. */
        RECEIPT,
        /** What is kept in place of events that have gone does not fit them. */
        SUMMARY,
        /** What the store holds is not as an append leaves it. */
        STORED;

        /** As it stands in answers. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static AuditFault of(Kind kind, String message) {
        return new AuditFault(kind, 0, Optional.empty(), message);
    }
}
