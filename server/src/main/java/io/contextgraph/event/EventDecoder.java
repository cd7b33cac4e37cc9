// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
        // Rules between fields are checked even where required fields are missing, so that one answer names all faults.
        Event.Builder builder = Event.builder(PLACEHOLDER_ID, PLACEHOLDER_TYPE, PLACEHOLDER_TIME, PLACEHOLDER_SESSION)
                .payloadRef("unknown");
        for (EventField field : Envelope.FIELDS) {
            read(field, fields, builder);
        }
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

    /** No event ends before it. */
    private static final Instant PLACEHOLDER_TIME = Instant.MIN;

    private void read(EventField field, Fields fields, Event.Builder builder) {
        if (field.required() && !field.name().equals(EventFields.PAYLOAD_REF)) {
            fields.require(field.name(), "is required");
        }
        switch (field) {
            case EventField.Text<?> text ->
                fields.string(text.name())
                        .flatMap(value -> text.take(builder, value))
                        .ifPresent(fields.faults::add);
            case EventField.Time time -> time(time, fields).ifPresent(at -> time.set(builder, at));
            case EventField.Whole whole -> fields.integer(whole.name()).ifPresent(number -> whole.set(builder, number));
            case EventField.Content ignored -> content(fields, builder);
        }
    }

    private void content(Fields fields, Event.Builder builder) {
        Optional<Payload> payload = payload(fields);
        if (payload.isEmpty()) {
            fields.require(EventFields.PAYLOAD_REF, "is required unless the event brings a payload");
        } else {
            builder.payload(payload.get());
            if (fields.value(EventFields.PAYLOAD_REF) == null) {
                builder.payloadRef(null);
            }
        }
    }

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
        Surrogates.find(node, Fault.pointer(EventFields.PAYLOAD))
                .ifPresent(at -> fields.faults.add(new Fault(
                        at,
                        "characters",
                        "must be Unicode: half of a surrogate pair stands alone in a text or a name")));
        return Optional.of(new Payload(Json.MAPPER.writeValueAsString(node)));
    }

    private Optional<Instant> time(EventField.Time field, Fields fields) {
        String text = fields.string(field.name()).orElse(null);
        if (text == null) {
            return Optional.empty();
        }
        Optional<Instant> time = Times.parse(text);
        if (time.isEmpty()) {
            fields.fault(
                    field.name(),
                    "not_a_time",
                    "must be RFC 3339 with an offset, such as 2026-01-31T12:00:00.000Z: "
                            + EventField.Form.shown(text));
        } else if (field.name().equals(EventFields.OCCURRED_AT) && isAhead(time.get())) {
            fields.fault(
                    field.name(),
                    "in_future",
                    "must not be more than " + limits.maxClockLead().toSeconds() + " s ahead of the server's clock ("
                            + Times.format(clock.instant()) + "): " + text);
            return Optional.empty();
        }
        return time;
    }

    private boolean isAhead(Instant time) {
        return time.isAfter(clock.instant().plus(limits.maxClockLead()));
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

        /** The field's text, where it has one. */
        Optional<String> string(String name) {
            JsonNode node = value(name);
            if (node == null) {
                return Optional.empty();
            }
            if (!node.isString()) {
                fault(name, "type", "must be a string, is " + kind(node));
                return Optional.empty();
            }
            return Optional.of(node.stringValue());
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
