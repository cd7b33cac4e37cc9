// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import static io.contextgraph.event.EventField.Content;
import static io.contextgraph.event.EventField.Form;
import static io.contextgraph.event.EventField.Text;
import static io.contextgraph.event.EventField.Time;
import static io.contextgraph.event.EventField.Whole;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The fields of an event's envelope, each declared once; whatever writes or reads events walks through them. */
public final class Envelope {
    static final Text<EventId> EVENT_ID =
            new Text<>(EventFields.EVENT_ID, true, Form.UUID, event -> Optional.of(event.id()), Event.Builder::id);
    static final Text<EventType> EVENT_TYPE = new Text<>(
            EventFields.EVENT_TYPE, true, Form.TYPE, event -> Optional.of(event.type()), Event.Builder::type);
    static final Time OCCURRED_AT = new Time(
            EventFields.OCCURRED_AT,
            EventFields.OCCURRED_AT_EPOCH_MS,
            true,
            event -> Optional.of(event.occurredAt()),
            Event.Builder::occurredAt);
    static final Text<SessionId> SESSION_ID = new Text<>(
            EventFields.SESSION_ID,
            true,
            Form.SESSION,
            event -> Optional.of(event.sessionId()),
            Event.Builder::sessionId);
    static final Text<String> AGENT_ID = new Text<>(
            EventFields.AGENT_ID, true, Form.NAME, event -> Optional.of(event.agentId()), Event.Builder::agentId);
    static final Text<String> TRACE_ID = new Text<>(
            EventFields.TRACE_ID, true, Form.NAME, event -> Optional.of(event.traceId()), Event.Builder::traceId);
    static final Text<String> PAYLOAD_REF = new Text<>(
            EventFields.PAYLOAD_REF,
            true,
            Form.REFERENCE,
            event -> Optional.of(event.payloadRef()),
            Event.Builder::payloadRef);
    static final Text<String> TOOL_NAME =
            new Text<>(EventFields.TOOL_NAME, false, Form.NAME, Event::toolName, Event.Builder::toolName);
    static final Text<EventId> PARENT_EVENT_ID =
            new Text<>(EventFields.PARENT_EVENT_ID, false, Form.UUID, Event::parentId, Event.Builder::parentId);
    static final Time ENDED_AT = new Time(
            EventFields.ENDED_AT, EventFields.ENDED_AT_EPOCH_MS, false, Event::endedAt, Event.Builder::endedAt);
    static final Text<EventStatus> STATUS =
            new Text<>(EventFields.STATUS, false, Form.STATUS, Event::status, Event.Builder::status);
    static final Whole SCHEMA_VERSION = new Whole(
            EventFields.SCHEMA_VERSION,
            1,
            Integer.MAX_VALUE,
            event -> OptionalInt.of(event.schemaVersion()),
            Event.Builder::schemaVersion);
    static final Whole IMPORTANCE_HINT =
            new Whole(EventFields.IMPORTANCE_HINT, 1, 10, Event::importanceHint, Event.Builder::importanceHint);
    static final Text<String> DATA_SUBJECT_ID = new Text<>(
            EventFields.DATA_SUBJECT_ID, false, Form.NAME, Event::dataSubjectId, Event.Builder::dataSubjectId);
    static final Content PAYLOAD = new Content(EventFields.PAYLOAD);

    /** All of them, in the order in which they are written; the append script has the same. */
    public static final List<EventField> FIELDS = List.of(
            EVENT_ID,
            EVENT_TYPE,
            OCCURRED_AT,
            SESSION_ID,
            AGENT_ID,
            TRACE_ID,
            PAYLOAD_REF,
            TOOL_NAME,
            PARENT_EVENT_ID,
            ENDED_AT,
            STATUS,
            SCHEMA_VERSION,
            IMPORTANCE_HINT,
            DATA_SUBJECT_ID,
            PAYLOAD);

    /** All of them, in the order of their names. */
    static final List<EventField> BY_NAME =
            FIELDS.stream().sorted(Comparator.comparing(EventField::name)).toList();

    private Envelope() {}
}
