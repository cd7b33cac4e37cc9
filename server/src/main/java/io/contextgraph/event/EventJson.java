// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.node.ObjectNode;

/** Events as JSON: the canonical form that is hashed, and the form in which answers carry them. */
public final class EventJson {
    private EventJson() {}

    /** SHA-256 over {@link #canonical}. */
    public static ContentHash hash(Event event) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(canonical(event));
            return new ContentHash(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * The bytes that an event's hash covers: one JSON object in the form of {@link Json#canonical}, with every field
     * of the producer that has a value, {@code schema_version} always, times in UTC with three decimals.
     */
    public static byte[] canonical(Event event) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator out = Json.MAPPER.createGenerator(bytes)) {
            out.writeStartObject();
            // INVARIANT: fields in the order of their names.
            out.writeStringProperty(EventFields.AGENT_ID, event.agentId());
            Json.optional(out, EventFields.DATA_SUBJECT_ID, event.dataSubjectId());
            Json.optional(out, EventFields.ENDED_AT, event.endedAt().map(Times::format));
            out.writeStringProperty(EventFields.EVENT_ID, event.id().toString());
            out.writeStringProperty(EventFields.EVENT_TYPE, event.type().value());
            if (event.importanceHint().isPresent()) {
                out.writeName(EventFields.IMPORTANCE_HINT);
                out.writeRawValue(Json.canonicalNumber(event.importanceHint().getAsInt()));
            }
            out.writeStringProperty(EventFields.OCCURRED_AT, Times.format(event.occurredAt()));
            Json.optional(out, EventFields.PARENT_EVENT_ID, event.parentId().map(EventId::toString));
            if (event.payload().isPresent()) {
                byte[] payload = Json.canonical(
                        Json.MAPPER.readTree(event.payload().get().json()));
                out.writeName(EventFields.PAYLOAD);
                out.writeRawValue(new String(payload, StandardCharsets.UTF_8));
            }
            out.writeStringProperty(EventFields.PAYLOAD_REF, event.payloadRef());
            out.writeName(EventFields.SCHEMA_VERSION);
            out.writeRawValue(Json.canonicalNumber(event.schemaVersion()));
            out.writeStringProperty(EventFields.SESSION_ID, event.sessionId().value());
            Json.optional(out, EventFields.STATUS, event.status().map(EventStatus::wireName));
            Json.optional(out, EventFields.TOOL_NAME, event.toolName());
            out.writeStringProperty(EventFields.TRACE_ID, event.traceId());
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /**
     * An event as a producer would send it: the fields of the producer that have a value, in the order of
     * {@link EventFields#OF_PRODUCER}, the payload last.
     */
    public static ObjectNode toJson(Event event) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put(EventFields.EVENT_ID, event.id().toString());
        json.put(EventFields.EVENT_TYPE, event.type().value());
        json.put(EventFields.OCCURRED_AT, Times.format(event.occurredAt()));
        json.put(EventFields.SESSION_ID, event.sessionId().value());
        json.put(EventFields.AGENT_ID, event.agentId());
        json.put(EventFields.TRACE_ID, event.traceId());
        json.put(EventFields.PAYLOAD_REF, event.payloadRef());
        event.toolName().ifPresent(tool -> json.put(EventFields.TOOL_NAME, tool));
        event.parentId().ifPresent(parent -> json.put(EventFields.PARENT_EVENT_ID, parent.toString()));
        event.endedAt().ifPresent(end -> json.put(EventFields.ENDED_AT, Times.format(end)));
        event.status().ifPresent(status -> json.put(EventFields.STATUS, status.wireName()));
        json.put(EventFields.SCHEMA_VERSION, event.schemaVersion());
        event.importanceHint().ifPresent(hint -> json.put(EventFields.IMPORTANCE_HINT, hint));
        event.dataSubjectId().ifPresent(subject -> json.put(EventFields.DATA_SUBJECT_ID, subject));
        event.payload().ifPresent(payload -> json.set(EventFields.PAYLOAD, Json.MAPPER.readTree(payload.json())));
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
        return Json.MAPPER
                .createObjectNode()
                .put(EventFields.GLOBAL_POSITION, original.position().toString())
                .put(EventFields.SEQ, original.seq())
                .put(EventFields.SESSION_SEQ, original.sessionSeq())
                .put(EventFields.RECORDED_AT, Times.format(original.recordedAt()));
    }

    /** Adds what every paged answer says of the page after it. */
    public static void pagination(ObjectNode answer, Optional<Cursor> next) {
        answer.putObject("pagination")
                .put("cursor", next.map(Cursor::text).orElse(null))
                .put("has_more", next.isPresent());
    }
}
