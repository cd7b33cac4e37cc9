// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Parameters;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The filters that searching and following have in common. */
final class Filters {
    private static final Parameter<SessionId> SESSION_ID =
            Parameter.query(EventFields.SESSION_ID, ValueForm.SESSION_ID, "Of this session");
    private static final Parameter<String> AGENT_ID =
            Parameter.query(EventFields.AGENT_ID, ValueForm.NAME, "Of this agent");
    private static final Parameter<String> TRACE_ID =
            Parameter.query(EventFields.TRACE_ID, ValueForm.NAME, "Of this trace");
    private static final Parameter<TypeFilter> EVENT_TYPE = Parameter.query(
            EventFields.EVENT_TYPE,
            ValueForm.of(
                    Schema.text().set("maxLength", EventType.MAX_LENGTH).matching(TypeFilter.FORM),
                    "must be a type such as tool.execute or a prefix such as tool.*",
                    TypeFilter::parse),
            "A type, or a prefix such as tool.*");
    private static final Parameter<String> TOOL_NAME =
            Parameter.query(EventFields.TOOL_NAME, ValueForm.NAME, "That used this tool");
    private static final Parameter<EventStatus> STATUS = Parameter.query(
            EventFields.STATUS, ValueForm.choice(EventStatus.wireNames(), EventStatus::parse), "That stand so");
    private static final Parameter<EventId> PARENT_EVENT_ID = Parameter.query(
            EventFields.PARENT_EVENT_ID,
            ValueForm.of(Schema.uuid(), "must be a UUID of 36 characters", EventId::parse),
            "Caused by this one");
    private static final Parameter<Integer> MIN_IMPORTANCE =
            Parameter.query("min_importance", ValueForm.whole(1, 10), "With at least this hint");

    /** All of them. */
    static final List<Parameter<?>> ALL =
            List.of(SESSION_ID, AGENT_ID, TRACE_ID, EVENT_TYPE, TOOL_NAME, STATUS, PARENT_EVENT_ID, MIN_IMPORTANCE);

    static final Parameter<Instant> FROM = Parameter.query("from", ValueForm.TIME, "Not before");
    static final Parameter<Instant> TO = Parameter.query("to", ValueForm.TIME, "Before");

    /** How the id of a session begins. */
    private static final Parameter<String> PREFIX =
            Parameter.query("prefix", ValueForm.NAME, "Sessions whose id begins so");

    /** Of sessions: each must have one event that matches all of them. */
    static final List<Parameter<?>> OF_SESSIONS = List.of(AGENT_ID, STATUS, EVENT_TYPE, TOOL_NAME, FROM, TO, PREFIX);

    private Filters() {}

    static SessionSearch.Filter readOfSessions(Parameters parameters) {
        EventQuery.Builder events = EventQuery.builder()
                .agentId(parameters.find(AGENT_ID).orElse(null))
                .toolName(parameters.find(TOOL_NAME).orElse(null))
                .type(parameters.find(EVENT_TYPE).orElse(null))
                .status(parameters.find(STATUS).orElse(null))
                .from(parameters.find(FROM).orElse(null))
                .to(parameters.find(TO).orElse(null));
        Optional<String> prefix = parameters.find(PREFIX);
        return parameters.build(() -> new SessionSearch.Filter(events.build(), prefix));
    }

    static EventQuery.Builder read(Parameters parameters) {
        return EventQuery.builder()
                .sessionId(parameters.find(SESSION_ID).orElse(null))
                .agentId(parameters.find(AGENT_ID).orElse(null))
                .traceId(parameters.find(TRACE_ID).orElse(null))
                .toolName(parameters.find(TOOL_NAME).orElse(null))
                .type(parameters.find(EVENT_TYPE).orElse(null))
                .status(parameters.find(STATUS).orElse(null))
                .parentId(parameters.find(PARENT_EVENT_ID).orElse(null))
                .minImportance(parameters.find(MIN_IMPORTANCE).orElse(null));
    }
}
