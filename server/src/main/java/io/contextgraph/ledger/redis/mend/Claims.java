// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.redis.search.IdPages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which is right about a number where no entry of the global stream says it: a page, or a document that says another.
 *
 * <p>A document says its position, too, and positions rise with numbers: where both fit together and the page names an event
 * that is elsewhere, the page is wrong.
 */
record Claims(RawLedger raw) {
    /** How many neighbours on either side are asked: more than one, since those may be damaged, too. */
    private static final int NEIGHBOURS = 16;

    /**
     * Whether the event that a page has at a number is elsewhere, so that the number is that of another.
     *
     * @param event whose document says that it has the number
     * @param listed what the page has there
     */
    boolean isElsewhere(RecordedEvent event, EventId listed) {
        return raw.event(listed)
                .filter(rival -> rival.seq() != event.seq() && isInOrder(rival, event) && fits(rival) && fits(event))
                .isPresent();
    }

    /** Whether an event is listed under the number that its document says. */
    boolean isAtHome(RecordedEvent document) {
        return document.event().id().equals(raw.id(document.seq()));
    }

    /**
     * Of the events that a page has those that have no other number: of a number that names one that is at home elsewhere it
     * says nothing.
     *
     * @param first the number of the first of them
     */
    List<@Nullable EventId> withoutGuests(
            long first, List<@Nullable EventId> listed, Map<EventId, RecordedEvent> documents) {
        List<@Nullable EventId> own = new ArrayList<>(listed);
        for (int i = 0; i < listed.size(); i++) {
            EventId id = listed.get(i);
            RecordedEvent document = id == null ? null : documents.get(id);
            if (document != null && document.seq() != first + i && isAtHome(document)) {
                raw.writeId(first + i, IdPages.NO_ID);
                EventId ignored = own.set(i, null);
            }
        }
        return own;
    }

    /** Whether an event stands between its neighbours, as far as these are known. */
    boolean fits(RecordedEvent event) {
        long first = Math.max(1, event.seq() - NEIGHBOURS);
        List<@Nullable EventId> ids = raw.ids(first, event.seq() + NEIGHBOURS);
        Map<EventId, RecordedEvent> documents = raw.events(
                ids.stream().flatMap(id -> Optional.ofNullable(id).stream()).toList());
        Map<Long, RecordedEvent> known = new HashMap<>();
        for (int i = 0; i < ids.size(); i++) {
            EventId id = ids.get(i);
            RecordedEvent there = id == null || id.equals(event.event().id()) ? null : documents.get(id);
            if (there != null && there.seq() == first + i) {
                RecordedEvent ignored = known.put(there.seq(), there);
            }
        }
        return nearest(known, event.seq(), -1)
                        .map(before -> isInOrder(before, event))
                        .orElse(true)
                && nearest(known, event.seq(), 1)
                        .map(behind -> isInOrder(behind, event))
                        .orElse(true);
    }

    private static Optional<RecordedEvent> nearest(Map<Long, RecordedEvent> known, long seq, int step) {
        for (int far = 1; far <= NEIGHBOURS; far++) {
            RecordedEvent there = known.get(seq + (long) far * step);
            if (there != null) {
                return Optional.of(there);
            }
        }
        return Optional.empty();
    }

    private static boolean isInOrder(RecordedEvent one, RecordedEvent other) {
        return one.seq() < other.seq() == one.position().compareTo(other.position()) < 0;
    }
}
