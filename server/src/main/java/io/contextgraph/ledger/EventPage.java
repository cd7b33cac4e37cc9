// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.trim.IndexWindow;
import java.util.List;
import java.util.Optional;

/**
 * One page of events.
 *
 * @param events in the order of the query
 * @param next the cursor of the following page; empty on the last one
 * @param asOf the newest event that the answer considers, the same on all pages of one answer
 * @param leftOut the last of the events that the answer leaves out, with everything before it, whatever the filters say:
 *     they are not in the index any more, see {@link IndexWindow}; empty where the answer is over all events
 * @param pruned what is gone of the events that the answer is over: of the session where the query names one, else of the
 *     ledger; as it was when the page was made, whatever was gone when the first one was. Its {@code firstSeq} is that of
 *     the ledger
 */
public record EventPage(
        List<RecordedEvent> events,
        Optional<Cursor> next,
        Position asOf,
        Optional<Head> leftOut,
        Pruning.Extent pruned) {
    public EventPage {
        events = List.copyOf(events);
    }
}
