// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.subject;

import io.contextgraph.event.Event;
import io.contextgraph.event.Payload;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.privacy.sealing.PayloadSealer.Opened;
import java.util.Optional;
import java.util.function.Function;

/** What can be shown of an event's payload to whoever may see it. */
public sealed interface ShownPayload {
    /**
     * All of it.
     *
     * @param payload empty where the event about a person brought none
     */
    record Whole(Optional<Payload> payload) implements ShownPayload {}

    /** Nothing: its person was erased. */
    record Erased() implements ShownPayload {}

    /** The event has brought none: it is where its reference says. */
    record Elsewhere() implements ShownPayload {}

    /** @param opener asked only where the payload is sealed; as {@link Subjects#open} */
    static ShownPayload of(Event event, Function<Event, Optional<Opened>> opener) {
        if (PersonalPayloads.isForgotten(event)) {
            return new Erased();
        }
        if (event.payload().isEmpty()) {
            return new Elsewhere();
        }
        if (SealedForm.of(event).isEmpty()) {
            return new Whole(event.payload());
        }
        return switch (opener.apply(event).orElseThrow()) {
            case Opened.Plain plain -> new Whole(plain.payload());
            case Opened.Erased ignored -> new Erased();
        };
    }
}
