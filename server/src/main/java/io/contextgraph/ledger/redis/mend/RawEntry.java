// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An entry of a stream, whoever added it.
 *
 * @param id two unsigned numbers of 64 bits, so that it may be beyond every {@link Position}
 * @param fields of a name that occurs twice, the last one
 */
record RawEntry(String id, Map<String, String> fields) {
    /** Behind it there is no interval that Redis would take. */
    static final String LAST_ID = "18446744073709551615-18446744073709551615";

    /** @param reply as Redis answers it */
    static RawEntry of(Object reply) {
        List<?> parts = (List<?>) reply;
        Map<String, String> fields = new LinkedHashMap<>();
        List<?> pairs = (List<?>) parts.get(1);
        for (int i = 0; i < pairs.size(); i += 2) {
            String ignored = fields.put(Keys.text((byte[]) pairs.get(i)), Keys.text((byte[]) pairs.get(i + 1)));
        }
        return new RawEntry(Keys.text((byte[]) parts.getFirst()), fields);
    }

    /** All of them. */
    static List<RawEntry> all(Object reply) {
        List<RawEntry> entries = new ArrayList<>();
        ((List<?>) reply).forEach(entry -> entries.add(of(entry)));
        return entries;
    }

    Optional<Position> position() {
        return Position.parse(id);
    }

    /** The event that it is in the global stream; empty where it is none. */
    Optional<RecordedEvent> event() {
        try {
            return position().map(position -> EventCodec.ofEntry(position, fields));
        } catch (IllegalArgumentException | NoSuchElementException | InvalidInputException foreign) {
            return Optional.empty();
        }
    }

    /** Which event it is of; empty where it says none. */
    Optional<EventId> eventId() {
        return EventId.parse(fields.getOrDefault(EventFields.EVENT_ID, ""));
    }

    /** The number that its event has in the session; empty where it says none. */
    OptionalLong sessionSeq() {
        String said = fields.getOrDefault(EventFields.SESSION_SEQ, "");
        return said.matches("\\d{1,15}") ? OptionalLong.of(Long.parseLong(said)) : OptionalLong.empty();
    }
}
