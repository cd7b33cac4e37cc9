// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Event;

/**
 * A wish to append an event.
 *
 * @param event what to append
 * @param expected what must be true of its session for the append to happen
 */
public record Append(Event event, ExpectedSessionSeq expected) {
    /** Appends whatever the session holds. */
    public static Append of(Event event) {
        return new Append(event, ExpectedSessionSeq.ANY);
    }
}
