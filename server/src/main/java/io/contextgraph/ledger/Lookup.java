// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.RecordedEvent;
import java.time.Instant;
import java.util.Optional;

/** What a ledger knows of an event. */
public sealed interface Lookup {
    /** It has it. */
    record Found(RecordedEvent event) implements Lookup {}

    /**
     * It had it.
     *
     * @param at when it went
     * @param why such as the rule of retention
     * @param where it may still be, for people; empty when it is nowhere
     */
    record Gone(Instant at, String why, String where) implements Lookup {}

    /** It has never had it. */
    record Unknown() implements Lookup {}

    /** The event where it is there; for whom it makes no difference why it is not. */
    default Optional<RecordedEvent> found() {
        return this instanceof Found found ? Optional.of(found.event()) : Optional.empty();
    }
}
