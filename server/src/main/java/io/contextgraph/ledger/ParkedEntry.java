// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * An entry that a group has set aside.
 *
 * @param id names it
 * @param group whose it is
 * @param position where it stands in the ledger
 * @param eventId the event; empty where the entry was not readable
 * @param failure why it was parked
 * @param parkedAt when
 * @param fields the entry as the store delivered it, in the store's own form, cut where it is far larger than any event;
 *     empty where it was gone by then
 * @param event what the ledger itself has at that position now, without payload; empty where that is not readable or has
 *     been taken out
 */
public record ParkedEntry(
        ParkedId id,
        String group,
        Position position,
        Optional<EventId> eventId,
        Failure failure,
        Instant parkedAt,
        Map<String, String> fields,
        Optional<RecordedEvent> event) {
    public ParkedEntry {
        fields = Map.copyOf(fields);
    }
}
