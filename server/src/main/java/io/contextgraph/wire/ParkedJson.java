// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.DroppedEntry;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Parked and dropped entries as clients see them. */
public final class ParkedJson {
    private ParkedJson() {}

    /** Every field, always; null where the entry was not readable or the ledger has it no longer. */
    public static ObjectNode of(ParkedEntry entry) {
        Optional<RecordedEvent> event = entry.event();
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("id", entry.id().toString());
        json.put("group", entry.group());
        json.put(EventFields.GLOBAL_POSITION, entry.position().toString());
        json.put(EventFields.EVENT_ID, entry.eventId().map(EventId::toString).orElse(null));
        json.put(
                EventFields.EVENT_TYPE, event.map(e -> e.event().type().value()).orElse(null));
        json.put(
                EventFields.SESSION_ID,
                event.map(e -> e.event().sessionId().value()).orElse(null));
        json.put(EventFields.SEQ, event.map(RecordedEvent::seq).orElse(null));
        json.put("reason", entry.failure().reason());
        json.put("attempts", entry.failure().attempts());
        json.put("first_failure", Times.format(entry.failure().first()));
        json.put("parked_at", Times.format(entry.parkedAt()));
        ObjectNode fields = json.putObject("fields");
        new TreeMap<>(entry.fields()).forEach(fields::put);
        return json;
    }

    /** The entry as it was parked, and why it was given up. */
    public static ObjectNode of(DroppedEntry dropped) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("id", dropped.id().toString());
        json.put("reason", dropped.reason());
        json.put("dropped_at", Times.format(dropped.droppedAt()));
        json.set("parked", of(dropped.entry()));
        return json;
    }

    /**
     * Reads an entry.
     *
     * @param events what the partition of a position has at a number, which the entry names where it is readable
     */
    public static ParkedEntry entry(JsonNode json, BiFunction<Position, Long, Optional<RecordedEvent>> events) {
        Map<String, String> fields = new TreeMap<>();
        json.required("fields")
                .properties()
                .forEach(field -> fields.put(field.getKey(), field.getValue().stringValue()));
        JsonNode seq = json.path(EventFields.SEQ);
        Position position =
                Position.of(json.required(EventFields.GLOBAL_POSITION).stringValue());
        return new ParkedEntry(
                id(json),
                json.required("group").stringValue(),
                position,
                EventId.parse(json.path(EventFields.EVENT_ID).asString("")),
                new Failure(
                        json.required("reason").stringValue(),
                        time(json, "first_failure"),
                        json.required("attempts").longValue()),
                time(json, "parked_at"),
                fields,
                seq.isIntegralNumber() ? events.apply(position, seq.longValue()) : Optional.empty());
    }

    /** Reads what was given up. */
    public static DroppedEntry dropped(JsonNode json, BiFunction<Position, Long, Optional<RecordedEvent>> events) {
        return new DroppedEntry(
                id(json),
                entry(json.required("parked"), events),
                json.required("reason").stringValue(),
                time(json, "dropped_at"));
    }

    private static ParkedId id(JsonNode json) {
        return ParkedId.parse(json.required("id").stringValue()).orElseThrow();
    }

    private static Instant time(JsonNode json, String name) {
        return Times.parse(json.required(name).stringValue()).orElseThrow();
    }
}
