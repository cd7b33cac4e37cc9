// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Fault;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.personal.SealedForm;

/**
 * The rule about events that concern a person, for everything that appends: the ledger takes them under a pseudonym and sealed,
 * see {@link SealedForm}, and refuses them otherwise. An event is immutable, so what has once been stored in plaintext could never
 * be erased.
 */
public final class PersonalPayloads {
    /** The code of the fault. */
    public static final String CODE = "privacy_unavailable";

    /** What is wrong with such an event. */
    public static final Fault FAULT = new Fault(
            "/" + EventFields.DATA_SUBJECT_ID,
            CODE,
            "names a person, and there are no keys here to seal what is about persons (privacy.keys): nothing was stored");

    private PersonalPayloads() {}

    /** Whether an event has the content of its hash, as far as that is there to be told, see {@link #isForgotten}. */
    public static boolean isGenuine(RecordedEvent event) {
        return isForgotten(event.event()) || EventJson.hash(event.event()).equals(event.contentHash());
    }

    /** Whether {@code event} concerns a person, and is not as the ledger takes it. */
    public static boolean isInPlain(Event event) {
        return event.dataSubjectId().isPresent() && SealedForm.of(event).isEmpty();
    }

    /**
     * Refuses to bring something back in plain that concerns a person.
     *
     * @throws LedgerException when {@code event} brings a payload that is not sealed for its subject
     */
    public static void requireSealed(Event event) {
        if (isInPlain(event) && !isForgotten(event)) {
            throw LedgerException.telling(
                    LedgerException.Reason.CORRUPT,
                    "event " + event.id() + " concerns a person, and its payload is not sealed for it");
        }
    }

    /**
     * Whether what {@code event} carried was erased with its subject: the ledger takes none about a person without a payload. Its
     * content cannot be held against its hash any more.
     */
    public static boolean isForgotten(Event event) {
        return event.dataSubjectId().isPresent() && event.payload().isEmpty();
    }
}
