// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.event.ContentHash;
import io.contextgraph.event.Envelope;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventField;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.ExpectedSessionSeq;
import io.contextgraph.ledger.personal.SealedForm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Events in the forms that Redis holds: arguments of the append script, documents, stream entries, payloads. */
public final class EventCodec {
    /** Payloads from here on are compressed. */
    private static final int COMPRESS_FROM_BYTES = 1024;

    private static final String RECORDED_AT_EPOCH_MS = "recorded_at_epoch_ms";

    /** The end of a parent's id, in documents and in the index. */
    public static final String PARENT_ID_TAIL = "parent_id_tail";

    /** What the document of an event has in place of its id that is not in the index any more. */
    public static final String COLD = "cold";

    /** How much of a parent's id that is; the append script has the same number. */
    private static final int PARENT_DIGITS = 4;

    private static final byte[] NOTHING = {};

    private EventCodec() {}

    /** The arguments of one event, in the order of the append script. */
    public static List<byte[]> arguments(Append append, ContentHash hash) {
        List<byte[]> arguments = new ArrayList<>();
        texts(append.event(), (name, text) -> arguments.add(Keys.bytes(text)));
        arguments.add(Keys.bytes(hash.base64Url()));
        arguments.add(
                append.expected() instanceof ExpectedSessionSeq.Exactly exactly
                        ? Keys.bytes(Long.toString(exactly.sessionSeq()))
                        : NOTHING);
        arguments.add(payload(append.event()));
        arguments.add(append.original().map(EventCodec::original).orElse(NOTHING));
        return arguments;
    }

    /** The payload of an event, or the document of the one that is sealed, and its original, as they are stored; each empty where there is none. */
    public static List<byte[]> beside(RecordedEvent event) {
        Optional<byte[]> sealed =
                SealedForm.of(event.event()).map(form -> Keys.bytes(new SealedDocument(event.seq(), form).json()));
        return List.of(
                sealed.or(() -> event.event().payload().map(EventCodec::pack)).orElse(NOTHING),
                event.original().map(EventCodec::original).orElse(NOTHING));
    }

    /** That of an event about a person stands as it is, so that the script can see that it is sealed. */
    private static byte[] payload(Event event) {
        return event.payload()
                .map(payload -> event.dataSubjectId().isPresent() ? Keys.bytes(payload.json()) : pack(payload))
                .orElse(NOTHING);
    }

    /** The envelope as Redis has it: all fields, an absent one empty, times in milliseconds since 1970. */
    private static void texts(Event event, BiConsumer<String, String> each) {
        for (EventField field : Envelope.FIELDS) {
            switch (field) {
                case EventField.Text<?> text ->
                    each.accept(text.name(), text.in(event).orElse(""));
                case EventField.Time time ->
                    each.accept(
                            time.millisName(),
                            time.in(event).map(EventCodec::millis).orElse(""));
                case EventField.Whole whole -> {
                    OptionalInt number = whole.in(event);
                    each.accept(whole.name(), number.isPresent() ? Integer.toString(number.getAsInt()) : "");
                }
                case EventField.Content ignored -> {}
            }
        }
    }

    /** What another ledger had assigned, in the form that the append script checks. */
    private static byte[] original(Original original) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put(EventFields.GLOBAL_POSITION, original.position().toString())
                .put(EventFields.SEQ, original.seq())
                .put(EventFields.SESSION_SEQ, original.sessionSeq())
                .put(RECORDED_AT_EPOCH_MS, original.recordedAt().toEpochMilli());
        original.ledger().ifPresent(source -> EventJson.source(json, source));
        return Keys.bytes(json.toString());
    }

    /**
     * What another ledger had assigned to an event.
     *
     * @throws io.contextgraph.ledger.LedgerException when the text does not say it
     */
    public static Original ofOriginal(EventId id, String text) {
        try {
            JsonNode json = Json.MAPPER.readTree(text);
            return new Original(
                    Position.of(json.required(EventFields.GLOBAL_POSITION).stringValue()),
                    json.required(EventFields.SEQ).longValue(),
                    json.required(EventFields.SESSION_SEQ).longValue(),
                    Instant.ofEpochMilli(json.required(RECORDED_AT_EPOCH_MS).longValue()),
                    EventJson.source(json));
        } catch (JacksonException | IllegalArgumentException e) {
            throw RedisErrors.corrupt("the original of event " + id + " is not readable", e);
        }
    }

    /**
     * The hash of an event.
     *
     * @param form of its payload, where that is sealed
     */
    public static ContentHash hash(Event event, Optional<SealedForm> form) {
        return form.map(one -> EventJson.hash(event, one.canonical())).orElseGet(() -> EventJson.hash(event));
    }

    /**
     * A document.
     *
     * @throws io.contextgraph.ledger.LedgerException when the text is not a document of this version, or of another event
     */
    public static RecordedEvent ofDocument(EventId id, String text) {
        try {
            JsonNode json = Json.MAPPER.readTree(text);
            Map<String, String> fields = new HashMap<>();
            json.properties().stream()
                    .filter(field -> field.getValue().isValueNode())
                    .forEach(
                            field -> fields.put(field.getKey(), field.getValue().asString()));
            if (fields.containsKey(COLD)) {
                String ignored = fields.putIfAbsent(EventFields.EVENT_ID, id.toString());
            }
            RecordedEvent event = recorded(Position.of(required(fields, EventFields.GLOBAL_POSITION)), fields);
            if (!event.event().id().equals(id)) {
                throw new NoSuchElementException(
                        "it is that of event " + event.event().id());
            }
            return event;
        } catch (JacksonException | IllegalArgumentException | NoSuchElementException | InvalidInputException e) {
            throw RedisErrors.corrupt("the document of event " + id + " is not readable", e);
        }
    }

    /**
     * An entry of the global stream.
     *
     * @throws IllegalArgumentException or NoSuchElementException or InvalidInputException when it is not an event
     */
    public static RecordedEvent ofEntry(Position position, Map<String, String> fields) {
        return recorded(position, fields);
    }

    /** The fields of an event in the global stream, in the order of the append script. */
    public static Map<String, String> entry(RecordedEvent recorded) {
        Map<String, String> fields = new LinkedHashMap<>();
        texts(recorded.event(), fields::put);
        fields.put(EventFields.CONTENT_HASH, recorded.contentHash().base64Url());
        fields.put(EventFields.SEQ, Long.toString(recorded.seq()));
        fields.put(EventFields.SESSION_SEQ, Long.toString(recorded.sessionSeq()));
        return fields;
    }

    /** The fields of an event in the stream of its session. */
    public static Map<String, String> entryOfSession(RecordedEvent recorded) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(EventFields.EVENT_ID, recorded.event().id().toString());
        fields.put(EventFields.SESSION_SEQ, Long.toString(recorded.sessionSeq()));
        return fields;
    }

    /** The document of an event that has left the index: the mark stands in place of the id, which the key says. */
    public static String coldDocument(RecordedEvent recorded) {
        String text = document(recorded);
        return "{\"" + COLD + "\":1" + text.substring(text.indexOf(','));
    }

    /** The document of an event, as the append script writes it. */
    public static String document(RecordedEvent recorded) {
        Event event = recorded.event();
        ObjectNode json = Json.MAPPER.createObjectNode();
        for (EventField field : Envelope.FIELDS) {
            if (field instanceof EventField.Text<?> text) {
                text.in(event).ifPresent(value -> json.put(text.name(), value));
            }
            if (field.name().equals(EventFields.PARENT_EVENT_ID)) {
                event.parentId().ifPresent(id -> json.put(PARENT_ID_TAIL, tail(id)));
            }
        }
        for (EventField field : Envelope.FIELDS) {
            switch (field) {
                case EventField.Time time ->
                    time.in(event).ifPresent(at -> json.put(time.millisName(), at.toEpochMilli()));
                case EventField.Whole whole -> whole.in(event).ifPresent(number -> json.put(whole.name(), number));
                case EventField.Text<?> ignored -> {}
                case EventField.Content ignored -> {}
            }
        }
        json.put(EventFields.SEQ, recorded.seq());
        json.put(EventFields.SESSION_SEQ, recorded.sessionSeq());
        json.put(EventFields.GLOBAL_POSITION, recorded.position().toString());
        json.put(EventFields.CONTENT_HASH, recorded.contentHash().base64Url());
        return json.toString();
    }

    /** What of a parent's id its children are found by. */
    public static String tail(EventId parent) {
        String text = parent.toString();
        return text.substring(text.length() - PARENT_DIGITS);
    }

    private static RecordedEvent recorded(Position position, Map<String, String> fields) {
        Event.Builder builder = Event.builder();
        for (EventField field : Envelope.FIELDS) {
            switch (field) {
                case EventField.Text<?> text ->
                    value(fields, text.name(), text.required()).ifPresent(value -> text.set(builder, value));
                case EventField.Time time ->
                    value(fields, time.millisName(), time.required())
                            .ifPresent(value -> time.set(builder, time(value)));
                case EventField.Whole whole ->
                    value(fields, whole.name(), whole.required())
                            .ifPresent(value -> whole.set(builder, Integer.parseInt(value)));
                case EventField.Content ignored -> {}
            }
        }
        Event event = builder.build();
        return new RecordedEvent(
                event,
                position,
                Long.parseLong(required(fields, EventFields.SEQ)),
                Long.parseLong(required(fields, EventFields.SESSION_SEQ)),
                recordedAt(position),
                ContentHash.ofBase64Url(required(fields, EventFields.CONTENT_HASH)));
    }

    private static Optional<String> value(Map<String, String> fields, String name, boolean required) {
        String value = fields.getOrDefault(name, "");
        if (required && value.isEmpty()) {
            throw new NoSuchElementException("field " + name + " is missing");
        }
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    private static String required(Map<String, String> fields, String name) {
        return value(fields, name, true).orElseThrow();
    }

    /** Positions carry the time at which the store took the event; it never runs backwards. */
    public static Instant recordedAt(Position position) {
        return Instant.ofEpochMilli(position.millis());
    }

    private static String millis(Instant at) {
        return Long.toString(at.toEpochMilli());
    }

    private static Instant time(String millis) {
        return Instant.ofEpochMilli(Long.parseLong(millis));
    }

    /** The text as it is, or compressed where that is shorter: a payload begins with a brace, gzip with 0x1f. */
    static byte[] pack(Payload payload) {
        byte[] plain = Keys.bytes(payload.json());
        if (plain.length < COMPRESS_FROM_BYTES) {
            return plain;
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length / 2);
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.size() < plain.length ? packed.toByteArray() : plain;
    }

    /**
     * A stored payload.
     *
     * @throws io.contextgraph.ledger.LedgerException when it is not one JSON object
     */
    public static Payload unpack(EventId id, byte[] stored) {
        try {
            return new Payload(requireObject(plain(stored)));
        } catch (IOException | JacksonException damaged) {
            throw RedisErrors.corrupt("the payload of event " + id + " is not readable", damaged);
        }
    }

    private static String plain(byte[] stored) throws IOException {
        if (stored.length > 0 && stored[0] == '{') {
            return Keys.text(stored);
        }
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(stored))) {
            return Keys.text(gzip.readAllBytes());
        }
    }

    private static String requireObject(String text) throws IOException {
        try (JsonParser parser = Json.MAPPER.createParser(text)) {
            boolean object = parser.nextToken() == JsonToken.START_OBJECT;
            JsonParser ignored = parser.skipChildren();
            if (!object || parser.nextToken() != null) {
                throw new IOException("not one JSON object");
            }
            return text;
        }
    }

    /** Arguments as the driver wants them. */
    public static List<byte[]> arguments(String... texts) {
        return Stream.of(texts).map(Keys::bytes).toList();
    }

    /** Keys as the driver wants them. */
    public static byte[][] keys(Collection<String> names) {
        return names.stream().map(Keys::bytes).toArray(byte[][]::new);
    }
}
