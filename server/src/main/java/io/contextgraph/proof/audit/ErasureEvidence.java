// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import java.util.List;
import java.util.Optional;

/** What is kept of erasures, for whoever wants to see that a payload is missing by right. */
public interface ErasureEvidence {
    /**
     * The receipt for the erasure of a person.
     *
     * @param genuine whether it was signed with the key for receipts, and is of this person
     * @param recordedAs the event that must be in the ledger for it
     * @param digest what that event must say of it
     * @param through where each partition ended when all was erased, by its number; none in a ledger that is one order
     */
    record Receipt(boolean genuine, EventId recordedAs, String digest, List<Position> through) {
        public Receipt {
            through = List.copyOf(through);
        }
    }

    /**
     * Looks one up.
     *
     * @param pseudonym of the person
     * @return empty where there is none
     */
    Optional<Receipt> find(String pseudonym);

    /**
     * Whether the erasure of a person has begun and is not at its end: payloads may be gone for which no receipt can be there yet.
     *
     * @param pseudonym of the person
     */
    boolean isOpen(String pseudonym);
}
