// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.Fault;
import java.util.Optional;

/**
 * The rule about events that concern a person, for everything that appends: as long as nothing seals their payloads,
 * they are refused. An event is immutable, so what has once been stored in plaintext could never be erased.
 */
public final class PersonalPayloads {
    /** The code of the fault. */
    public static final String CODE = "privacy_unavailable";

    /** What is wrong with such an event. */
    public static final Fault FAULT = new Fault(
            "/" + EventFields.DATA_SUBJECT_ID,
            CODE,
            "names a person, and this version cannot seal personal payloads yet: nothing was stored");

    private PersonalPayloads() {}

    /** Why {@code event} must not be appended; empty when it concerns nobody. */
    public static Optional<Fault> refusal(Event event) {
        return event.dataSubjectId().map(subject -> FAULT);
    }
}
