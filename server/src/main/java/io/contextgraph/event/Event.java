// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One immutable action of an agent, a tool or a model, as its producer describes it.
 *
 * <p><b>Guarantees.</b> An instance is valid: every rule that needs no clock and no size limit has been checked.
 *
 * @param id chosen by the producer; the same id always means the same content
 * @param type dotted kind
 * @param occurredAt when it began, UTC, to the millisecond
 * @param sessionId the session it belongs to
 * @param agentId who acted
 * @param traceId the request it served
 * @param payloadRef where the payload is, 1 to 2048 characters
 * @param toolName the tool that was used
 * @param parentId the event that caused this one, not itself; it may arrive later or never
 * @param endedAt when it ended, not before {@code occurredAt}
 * @param status how it stands or ended
 * @param schemaVersion version of the payload's form, at least 1
 * @param importanceHint 1 (noise) to 10 (vital), from the producer
 * @param payload what it carries
 * @param dataSubjectId the person whom the payload is about
 */
public record Event(
        EventId id,
        EventType type,
        Instant occurredAt,
        SessionId sessionId,
        String agentId,
        String traceId,
        String payloadRef,
        Optional<String> toolName,
        Optional<EventId> parentId,
        Optional<Instant> endedAt,
        Optional<EventStatus> status,
        int schemaVersion,
        OptionalInt importanceHint,
        Optional<Payload> payload,
        Optional<String> dataSubjectId) {

    /** Longest {@code payload_ref}, in characters. */
    public static final int MAX_PAYLOAD_REF_LENGTH = 2048;

    private static final String STORED = "payload:";

    /** @throws InvalidInputException with every rule that is broken */
    public Event {
        occurredAt = occurredAt.truncatedTo(ChronoUnit.MILLIS);
        endedAt = endedAt.map(t -> t.truncatedTo(ChronoUnit.MILLIS));
        List<Fault> faults = new ArrayList<>();
        check(Envelope.AGENT_ID, agentId, faults);
        check(Envelope.TRACE_ID, traceId, faults);
        check(Envelope.PAYLOAD_REF, payloadRef, faults);
        toolName.ifPresent(tool -> check(Envelope.TOOL_NAME, tool, faults));
        dataSubjectId.ifPresent(subject -> check(Envelope.DATA_SUBJECT_ID, subject, faults));
        if (parentId.isPresent() && parentId.get().equals(id)) {
            faults.add(new Fault("/parent_event_id", "self_parent", "must not be the event itself"));
        }
        if (endedAt.isPresent() && endedAt.get().isBefore(occurredAt)) {
            faults.add(new Fault(
                    "/ended_at",
                    "before_start",
                    "must not be before occurred_at " + Times.format(occurredAt) + ": " + Times.format(endedAt.get())));
        }
        Envelope.SCHEMA_VERSION.fault(schemaVersion).ifPresent(faults::add);
        importanceHint.ifPresent(hint -> Envelope.IMPORTANCE_HINT.fault(hint).ifPresent(faults::add));
        if (!faults.isEmpty()) {
            throw new InvalidInputException(faults);
        }
    }

    private static void check(EventField.Text<String> field, String value, List<Fault> faults) {
        field.fault(value).ifPresent(faults::add);
    }

    /** The reference under which the store keeps the payload that an event brought. */
    public static String storedPayloadRef(EventId id) {
        return STORED + id;
    }

    /** Whose payload a reference names that the store has set; the id alone will do. Empty for any other reference. */
    public static Optional<EventId> ofStoredPayloadRef(String ref) {
        return EventId.parse(ref.startsWith(STORED) ? ref.substring(STORED.length()) : ref);
    }

    /** This event with {@code payload} in place of its own. */
    public Event withPayload(Optional<Payload> newPayload) {
        return with(status, endedAt, newPayload);
    }

    /** This event with another status and end. */
    public Event ended(Optional<EventStatus> newStatus, Optional<Instant> newEnd) {
        return with(newStatus, newEnd, payload);
    }

    /** This event about somebody, with another payload. */
    public Event about(String subject, Payload newPayload) {
        return with(status, endedAt, Optional.of(newPayload), Optional.of(subject));
    }

    /** This event as it would be if it were about nobody, and without its payload. */
    public Event aboutNobody() {
        return with(status, endedAt, Optional.empty(), Optional.empty());
    }

    private Event with(Optional<EventStatus> newStatus, Optional<Instant> newEnd, Optional<Payload> newPayload) {
        return with(newStatus, newEnd, newPayload, dataSubjectId);
    }

    private Event with(
            Optional<EventStatus> newStatus,
            Optional<Instant> newEnd,
            Optional<Payload> newPayload,
            Optional<String> newSubject) {
        return new Event(
                id,
                type,
                occurredAt,
                sessionId,
                agentId,
                traceId,
                payloadRef,
                toolName,
                parentId,
                newEnd,
                newStatus,
                schemaVersion,
                importanceHint,
                newPayload,
                newSubject);
    }

    /** Starts an event with what every event needs; agent and trace default to {@code unknown}. */
    public static Builder builder(EventId id, EventType type, Instant occurredAt, SessionId sessionId) {
        return builder().id(id).type(type).occurredAt(occurredAt).sessionId(sessionId);
    }

    /** Starts an event with nothing: what reads one sets what every event needs, as {@link Envelope} says. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects an event's fields by name. */
    public static final class Builder {
        private @Nullable EventId id;
        private @Nullable EventType type;
        private @Nullable Instant occurredAt;
        private @Nullable SessionId sessionId;
        private String agentId = "unknown";
        private String traceId = "unknown";
        private @Nullable String payloadRef;
        private @Nullable String toolName;
        private @Nullable EventId parentId;
        private @Nullable Instant endedAt;
        private @Nullable EventStatus status;
        private int schemaVersion = 1;
        private @Nullable Integer importanceHint;
        private @Nullable Payload payload;
        private @Nullable String dataSubjectId;

        private Builder() {}

        Builder id(EventId value) {
            id = value;
            return this;
        }

        Builder type(EventType value) {
            type = value;
            return this;
        }

        Builder occurredAt(Instant value) {
            occurredAt = value;
            return this;
        }

        Builder sessionId(SessionId value) {
            sessionId = value;
            return this;
        }

        public Builder agentId(String value) {
            agentId = value;
            return this;
        }

        public Builder traceId(String value) {
            traceId = value;
            return this;
        }

        /** Left out, the event must have a payload: the store then sets the reference. */
        public Builder payloadRef(@Nullable String value) {
            payloadRef = value;
            return this;
        }

        public Builder toolName(@Nullable String value) {
            toolName = value;
            return this;
        }

        public Builder parentId(@Nullable EventId value) {
            parentId = value;
            return this;
        }

        public Builder endedAt(@Nullable Instant value) {
            endedAt = value;
            return this;
        }

        public Builder status(@Nullable EventStatus value) {
            status = value;
            return this;
        }

        public Builder schemaVersion(int value) {
            schemaVersion = value;
            return this;
        }

        public Builder importanceHint(@Nullable Integer value) {
            importanceHint = value;
            return this;
        }

        public Builder payload(@Nullable Payload value) {
            payload = value;
            return this;
        }

        public Builder dataSubjectId(@Nullable String value) {
            dataSubjectId = value;
            return this;
        }

        /** @throws InvalidInputException with every rule that is broken */
        public Event build() {
            EventId ownId = set(EventFields.EVENT_ID, id);
            String ref = payloadRef;
            if (ref == null) {
                if (payload == null) {
                    throw new InvalidInputException(
                            "/payload_ref", "required", "is required unless the event brings a payload");
                }
                ref = storedPayloadRef(ownId);
            }
            return new Event(
                    ownId,
                    set(EventFields.EVENT_TYPE, type),
                    set(EventFields.OCCURRED_AT, occurredAt),
                    set(EventFields.SESSION_ID, sessionId),
                    agentId,
                    traceId,
                    ref,
                    Optional.ofNullable(toolName),
                    Optional.ofNullable(parentId),
                    Optional.ofNullable(endedAt),
                    Optional.ofNullable(status),
                    schemaVersion,
                    importanceHint == null ? OptionalInt.empty() : OptionalInt.of(importanceHint),
                    Optional.ofNullable(payload),
                    Optional.ofNullable(dataSubjectId));
        }

        private static <T> T set(String name, @Nullable T value) {
            if (value == null) {
                throw new IllegalStateException(name + " has not been set");
            }
            return value;
        }
    }
}
