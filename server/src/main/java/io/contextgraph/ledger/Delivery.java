// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;

/** One entry that a consumer has been given. */
public sealed interface Delivery {
    /** What to acknowledge. */
    Position position();

    /** How often the entry has been delivered, this time included. */
    long attempt();

    /** An event, without its payload. */
    record Arrived(RecordedEvent event, long attempt) implements Delivery {
        @Override
        public Position position() {
            return event.position();
        }
    }

    /** An entry that is not a readable event: an operator must look. */
    record Unreadable(Position position, long attempt, String reason) implements Delivery {}
}
