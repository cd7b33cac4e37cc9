// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import java.util.List;
import java.util.Optional;

/**
 * One page of events.
 *
 * @param events in the order of the query
 * @param next the cursor of the following page; empty on the last one
 * @param asOf the newest event that the answer considers, the same on all pages of one answer
 */
public record EventPage(List<RecordedEvent> events, Optional<Cursor> next, Position asOf) {
    public EventPage {
        events = List.copyOf(events);
    }
}
