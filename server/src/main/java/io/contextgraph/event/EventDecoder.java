// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads an event out of JSON, strictly: no type is coerced, no unknown field is passed over, and all faults are
 * reported together.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class EventDecoder {
    private final EventLimits limits;
    private final Clock clock;

    /** A decoder that measures {@code occurred_at} against {@code clock}. */
    public EventDecoder(EventLimits limits, Clock clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * Reads one event.
     *
     * @throws InvalidInputException with every fault; pointers are relative to {@code json}
     */
    public Event decode(JsonNode json) {
        if (!json.isObject()) {
            throw new InvalidInputException("", "type", "an event must be a JSON object, is " + Fields.kind(json));
        }
        Fields fields = new Fields(json);
        fields.refuseUnknown();
        Optional<EventId> id = fields.required(EventFields.EVENT_ID, EventDecoder::eventId);
        Optional<EventType> type = fields.required(EventFields.EVENT_TYPE, EventDecoder::eventType);
        Optional<Instant> occurredAt = fields.required(EventFields.OCCURRED_AT, this::occurredAt);
        Optional<SessionId> sessionId = fields.required(EventFields.SESSION_ID, text -> name(text, SessionId::new));
        Optional<String> agentId = fields.required(EventFields.AGENT_ID, text -> name(text, Function.identity()));
        Optional<String> traceId = fields.required(EventFields.TRACE_ID, text -> name(text, Function.identity()));
        Optional<String> payloadRef = fields.optional(EventFields.PAYLOAD_REF, Reading::of);
        Optional<String> toolName = fields.optional(EventFields.TOOL_NAME, Reading::of);
        Optional<EventId> parentId = fields.optional(EventFields.PARENT_EVENT_ID, EventDecoder::eventId);
        Optional<Instant> endedAt = fields.optional(EventFields.ENDED_AT, EventDecoder::time);
        Optional<EventStatus> status = fields.optional(EventFields.STATUS, EventDecoder::status);
        Optional<Integer> schemaVersion = fields.integer(EventFields.SCHEMA_VERSION);
        Optional<Integer> importance = fields.integer(EventFields.IMPORTANCE_HINT);
        Optional<Payload> payload = payload(fields);
        Optional<String> subject = fields.optional(EventFields.DATA_SUBJECT_ID, Reading::of);
        if (payload.isEmpty()) {
            fields.require(EventFields.PAYLOAD_REF, "is required unless the event brings a payload");
        }

        // Rules between fields are checked even where required fields are missing, so that one answer names all faults.
        Event.Builder builder = Event.builder(
                        id.orElse(PLACEHOLDER_ID),
                        type.orElse(PLACEHOLDER_TYPE),
                        occurredAt.orElse(Instant.EPOCH),
                        sessionId.orElse(PLACEHOLDER_SESSION))
                .agentId(agentId.orElse("unknown"))
                .traceId(traceId.orElse("unknown"))
                .payloadRef(payloadRef.orElse(payload.isPresent() ? null : "unknown"))
                .toolName(toolName.orElse(null))
                .parentId(parentId.orElse(null))
                .endedAt(occurredAt.isPresent() ? endedAt.orElse(null) : null)
                .status(status.orElse(null))
                .schemaVersion(schemaVersion.orElse(1))
                .importanceHint(importance.orElse(null))
                .payload(payload.orElse(null))
                .dataSubjectId(subject.orElse(null));
        try {
            Event event = builder.build();
            if (fields.faults.isEmpty()) {
                return event;
            }
        } catch (InvalidInputException invalid) {
            fields.faults.addAll(invalid.faults());
        }
        throw new InvalidInputException(fields.faults);
    }

    private static final EventId PLACEHOLDER_ID = EventId.of("00000000-0000-0000-0000-000000000000");
    private static final EventType PLACEHOLDER_TYPE = new EventType("unknown.unknown");
    private static final SessionId PLACEHOLDER_SESSION = new SessionId("unknown");

    private Optional<Payload> payload(Fields fields) {
        JsonNode node = fields.value(EventFields.PAYLOAD);
        if (node == null) {
            return Optional.empty();
        }
        if (!node.isObject()) {
            fields.fault(EventFields.PAYLOAD, "type", "must be a JSON object, is " + Fields.kind(node));
            return Optional.empty();
        }
        int depth = Json.depth(node);
        if (depth > limits.maxPayloadDepth()) {
            fields.fault(
                    EventFields.PAYLOAD,
                    "too_deep",
                    "must not nest deeper than " + limits.maxPayloadDepth() + ", nests " + depth);
        }
        return Optional.of(new Payload(Json.MAPPER.writeValueAsString(node)));
    }

    private Reading<Instant> occurredAt(String text) {
        Reading<Instant> read = time(text);
        Instant latest = clock.instant().plus(limits.maxClockLead());
        if (read.value() != null && read.value().isAfter(latest)) {
            return Reading.fault(
                    "in_future",
                    "must not be more than " + limits.maxClockLead().toSeconds() + " s ahead of the server's clock ("
                            + Times.format(clock.instant()) + "): " + text);
        }
        return read;
    }

    private static Reading<Instant> time(String text) {
        return Times.parse(text)
                .map(Reading::of)
                .orElseGet(() -> Reading.fault(
                        "not_a_time",
                        "must be RFC 3339 with an offset, such as 2026-01-31T12:00:00.000Z: " + shown(text)));
    }

    private static Reading<EventId> eventId(String text) {
        return EventId.parse(text)
                .map(Reading::of)
                .orElseGet(() -> Reading.fault("not_a_uuid", "must be a UUID of 36 characters: " + shown(text)));
    }

    private static Reading<EventType> eventType(String text) {
        return EventType.parse(text)
                .map(Reading::of)
                .orElseGet(() -> Reading.fault("not_a_type", "must match " + EventType.FORM + ": " + shown(text)));
    }

    private static Reading<EventStatus> status(String text) {
        return EventStatus.parse(text)
                .map(Reading::of)
                .orElseGet(() -> Reading.fault(
                        "not_a_status", "must be one of pending, running, completed, failed, timeout: " + shown(text)));
    }

    private static <T> Reading<T> name(String text, Function<String, T> read) {
        return Ids.fault(text)
                .map(fault -> Reading.<T>fault("invalid_id", fault))
                .orElseGet(() -> Reading.of(read.apply(text)));
    }

    private static String shown(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    /** A field's value, or what is wrong with it. */
    private record Reading<T>(
            @Nullable T value,
            @Nullable String code,
            @Nullable String message) {
        static <T> Reading<T> of(T value) {
            return new Reading<>(value, null, null);
        }

        static <T> Reading<T> fault(String code, String message) {
            return new Reading<>(null, code, message);
        }
    }

    /** The fields of one JSON object and the faults found in them so far. */
    private static final class Fields {
        private final JsonNode json;
        private final List<Fault> faults = new ArrayList<>();

        Fields(JsonNode json) {
            this.json = json;
        }

        void refuseUnknown() {
            for (String name : json.propertyNames()) {
                if (EventFields.OF_STORE.contains(name)) {
                    fault(name, "assigned_by_store", "is assigned by the store and must be left out");
                } else if (!EventFields.OF_PRODUCER.contains(name)) {
                    String hint = Nearest.to(name, EventFields.OF_PRODUCER)
                            .map(nearest -> "; did you mean " + nearest + "?")
                            .orElse("");
                    fault(name, "unknown_field", "is not a field of an event" + hint);
                }
            }
        }

        /** The field's node; null where it is absent or JSON null, which mean the same. */
        @Nullable
        JsonNode value(String name) {
            JsonNode node = json.get(name);
            return node == null || node.isNull() ? null : node;
        }

        void require(String name, String message) {
            if (value(name) == null) {
                fault(name, "required", message);
            }
        }

        <T> Optional<T> required(String name, Function<String, Reading<T>> read) {
            require(name, "is required");
            return optional(name, read);
        }

        <T> Optional<T> optional(String name, Function<String, Reading<T>> read) {
            JsonNode node = value(name);
            if (node == null) {
                return Optional.empty();
            }
            if (!node.isString()) {
                fault(name, "type", "must be a string, is " + kind(node));
                return Optional.empty();
            }
            Reading<T> reading = read.apply(node.stringValue());
            if (reading.code() != null && reading.message() != null) {
                fault(name, reading.code(), reading.message());
            }
            return Optional.ofNullable(reading.value());
        }

        Optional<Integer> integer(String name) {
            JsonNode node = value(name);
            if (node == null) {
                return Optional.empty();
            }
            if (!node.isIntegralNumber() || !node.canConvertToInt()) {
                fault(name, "type", "must be an integer, is " + (node.isNumber() ? node : kind(node)));
                return Optional.empty();
            }
            return Optional.of(node.intValue());
        }

        void fault(String name, String code, String message) {
            faults.add(new Fault(Fault.pointer(name), code, message));
        }

        static String kind(JsonNode node) {
            return switch (node.getNodeType()) {
                case OBJECT -> "an object";
                case ARRAY -> "an array";
                case STRING -> "a string";
                case NUMBER -> "a number";
                case BOOLEAN -> "a boolean";
                case NULL -> "null";
                default -> "something else";
            };
        }
    }
}
