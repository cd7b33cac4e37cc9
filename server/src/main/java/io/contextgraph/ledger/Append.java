// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Event;
import io.contextgraph.event.Original;
import java.util.Optional;

/**
 * A wish to append an event.
 *
 * @param event what to append
 * @param expected what must be true of its session for the append to happen
 * @param original what the ledger that first recorded it had assigned: kept beside the event, no part of its content.
 *     Where the event is there already, the original that was kept, or none, stays
 */
public record Append(Event event, ExpectedSessionSeq expected, Optional<Original> original) {
    /** Appends a new event. */
    public Append(Event event, ExpectedSessionSeq expected) {
        this(event, expected, Optional.empty());
    }

    /** Appends whatever the session holds. */
    public static Append of(Event event) {
        return new Append(event, ExpectedSessionSeq.ANY);
    }

    /** Appends an event that another ledger may have recorded before. */
    public static Append imported(Event event, Optional<Original> original) {
        return new Append(event, ExpectedSessionSeq.ANY, original);
    }
}
