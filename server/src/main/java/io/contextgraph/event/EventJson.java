// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Events as JSON: the canonical form that is hashed, and the form in which answers carry them. */
public final class EventJson {
    private EventJson() {}

    /** SHA-256 over {@link #canonical}. */
    public static ContentHash hash(Event event) {
        return hashOf(canonical(event));
    }

    /**
     * The same, of an event of whose payload the canonical form is known.
     *
     * @param payload as {@link Json#canonical} has it
     */
    public static ContentHash hash(Event event, String payload) {
        return hashOf(canonical(event, Optional.of(payload)));
    }

    private static ContentHash hashOf(byte[] canonical) {
        return new ContentHash(Sha256.hex(canonical));
    }

    /**
     * The bytes that an event's hash covers: one JSON object in the form of {@link Json#canonical}, with every field
     * of the producer that has a value, {@code schema_version} always, times in UTC with three decimals.
     */
    public static byte[] canonical(Event event) {
        return canonical(
                event, event.payload().map(payload -> Json.canonicalText(Json.MAPPER.readTree(payload.json()))));
    }

    private static byte[] canonical(Event event, Optional<String> payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator out = Json.MAPPER.createGenerator(bytes)) {
            out.writeStartObject();
            // INVARIANT: fields in the order of their names.
            for (EventField field : Envelope.BY_NAME) {
                canonical(field, event, payload, out);
            }
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void canonical(EventField field, Event event, Optional<String> payload, JsonGenerator out) {
        switch (field) {
            case EventField.Text<?> text ->
                text.in(event).ifPresent(value -> out.writeStringProperty(text.name(), value));
            case EventField.Time time ->
                time.in(event).ifPresent(at -> out.writeStringProperty(time.name(), Times.format(at)));
            case EventField.Whole whole ->
                whole.in(event).ifPresent(number -> raw(out, whole.name(), Json.canonicalNumber(number)));
            case EventField.Content content -> payload.ifPresent(text -> raw(out, content.name(), text));
        }
    }

    private static void raw(JsonGenerator out, String name, String value) {
        out.writeName(name);
        out.writeRawValue(value);
    }

    /**
     * An event as a producer would send it: the fields of the producer that have a value, in the order of
     * {@link EventFields#OF_PRODUCER}.
     */
    public static ObjectNode toJson(Event event) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        for (EventField field : Envelope.FIELDS) {
            switch (field) {
                case EventField.Text<?> text -> text.in(event).ifPresent(value -> json.put(text.name(), value));
                case EventField.Time time -> time.in(event).ifPresent(at -> json.put(time.name(), Times.format(at)));
                case EventField.Whole whole -> whole.in(event).ifPresent(number -> json.put(whole.name(), number));
                case EventField.Content content ->
                    event.payload()
                            .ifPresent(payload -> json.set(content.name(), Json.MAPPER.readTree(payload.json())));
            }
        }
        return json;
    }

    /**
     * A recorded event as answers carry it: {@link #toJson(Event)}, then what the store assigned, then the original
     * where there is one.
     */
    public static ObjectNode toJson(RecordedEvent recorded) {
        ObjectNode json = toJson(recorded.event());
        json.put(EventFields.GLOBAL_POSITION, recorded.position().toString());
        json.put(EventFields.SEQ, recorded.seq());
        json.put(EventFields.SESSION_SEQ, recorded.sessionSeq());
        json.put(EventFields.RECORDED_AT, Times.format(recorded.recordedAt()));
        json.put(EventFields.CONTENT_HASH, recorded.contentHash().hex());
        recorded.original().ifPresent(original -> json.set(EventFields.ORIGINAL, toJson(original)));
        return json;
    }

    /** What another ledger had assigned, under the names that this one uses for its own. */
    public static ObjectNode toJson(Original original) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put(EventFields.GLOBAL_POSITION, original.position().toString())
                .put(EventFields.SEQ, original.seq())
                .put(EventFields.SESSION_SEQ, original.sessionSeq())
                .put(EventFields.RECORDED_AT, Times.format(original.recordedAt()));
        original.ledger().ifPresent(source -> source(json, source));
        return json;
    }

    /** Adds which ledger assigned what is there. */
    public static void source(ObjectNode json, Original.Source source) {
        json.put(EventFields.LEDGER_ID, source.id().toString())
                .put(EventFields.PARTITION, source.partition())
                .put(EventFields.EPOCH, source.epoch());
    }

    /**
     * Which ledger assigned what is there; empty where nobody wrote it down.
     *
     * @throws IllegalArgumentException when only a part of it is there, or is none
     */
    public static Optional<Original.Source> source(JsonNode json) {
        JsonNode id = json.path(EventFields.LEDGER_ID);
        JsonNode partition = json.path(EventFields.PARTITION);
        JsonNode epoch = json.path(EventFields.EPOCH);
        if (Stream.of(id, partition, epoch).allMatch(part -> part.isMissingNode() || part.isNull())) {
            return Optional.empty();
        }
        if (!id.isString()
                || EventId.parse(id.stringValue()).isEmpty()
                || !partition.isInt()
                || !epoch.isIntegralNumber()
                || !epoch.canConvertToLong()) {
            throw new IllegalArgumentException(
                    "needs a UUID and two whole numbers: " + String.join(", ", EventFields.OF_LEDGER));
        }
        return Optional.of(
                new Original.Source(UUID.fromString(id.stringValue()), partition.intValue(), epoch.longValue()));
    }

    /** Adds what every paged answer says of the page after it. */
    public static void pagination(ObjectNode answer, Optional<Cursor> next) {
        answer.putObject("pagination")
                .put("cursor", next.map(Cursor::text).orElse(null))
                .put("has_more", next.isPresent());
    }

    /**
     * Reads what {@link #toJson(RecordedEvent)} writes, with payload and original where they stand there.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static RecordedEvent recorded(JsonNode json) {
        Event.Builder builder = Event.builder();
        for (EventField field : Envelope.FIELDS) {
            JsonNode value = json.path(field.name());
            if (value.isMissingNode() || value.isNull()) {
                continue;
            }
            switch (field) {
                case EventField.Text<?> text -> text.set(builder, value.asString());
                case EventField.Time time -> time.set(builder, time(value));
                case EventField.Whole whole -> whole.set(builder, value.asInt(0));
                case EventField.Content ignored -> builder.payload(new Payload(Json.MAPPER.writeValueAsString(value)));
            }
        }
        try {
            return new RecordedEvent(
                    builder.build(),
                    Position.of(json.path(EventFields.GLOBAL_POSITION).asString("")),
                    json.path(EventFields.SEQ).asLong(0),
                    json.path(EventFields.SESSION_SEQ).asLong(0),
                    time(json.path(EventFields.RECORDED_AT)),
                    new ContentHash(json.path(EventFields.CONTENT_HASH).asString("")),
                    original(json));
        } catch (IllegalStateException incomplete) {
            throw new IllegalArgumentException("not a recorded event: " + incomplete.getMessage(), incomplete);
        }
    }

    /**
     * The original that an event brings, as {@link #toJson(Original)} writes it; empty where it brings none.
     *
     * @throws InvalidInputException when it brings something else under that name
     */
    public static Optional<Original> original(JsonNode event) {
        JsonNode json = event.path(EventFields.ORIGINAL);
        if (json.isMissingNode() || json.isNull()) {
            return Optional.empty();
        }
        try {
            for (String name : json.propertyNames()) {
                if (!EventFields.OF_ORIGINAL.contains(name) && !EventFields.OF_LEDGER.contains(name)) {
                    throw new IllegalArgumentException("has a field that it cannot have: " + name);
                }
            }
            return Optional.of(new Original(
                    Position.of(json.path(EventFields.GLOBAL_POSITION).asString("")),
                    json.path(EventFields.SEQ).asLong(0),
                    json.path(EventFields.SESSION_SEQ).asLong(0),
                    time(json.path(EventFields.RECORDED_AT)),
                    source(json)));
        } catch (IllegalArgumentException none) {
            throw new InvalidInputException(
                    Fault.pointer(EventFields.ORIGINAL), "invalid_value", String.valueOf(none.getMessage()));
        }
    }

    private static Instant time(JsonNode text) {
        return Times.parse(text.asString(""))
                .orElseThrow(() -> new IllegalArgumentException("must be a time: " + text));
    }
}
