// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.http.engine.Parameters;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The filters that searching and following have in common. */
final class Filters {
    private static final List<String> NAMES = List.of(
            "session_id",
            "agent_id",
            "trace_id",
            "event_type",
            "tool_name",
            "status",
            "parent_event_id",
            "min_importance");

    private Filters() {}

    /** The names of the filters, and {@code more}. */
    static String[] and(String... more) {
        return Stream.concat(NAMES.stream(), Arrays.stream(more)).toArray(String[]::new);
    }

    static EventQuery.Builder read(Parameters parameters) {
        int importance = parameters.integer("min_importance", 1, 10, 0);
        return EventQuery.builder()
                .sessionId(parameters.name("session_id").map(SessionId::new).orElse(null))
                .agentId(parameters.name("agent_id").orElse(null))
                .traceId(parameters.name("trace_id").orElse(null))
                .toolName(parameters.name("tool_name").orElse(null))
                .type(parameters
                        .value(
                                "event_type",
                                TypeFilter::parse,
                                "must be a type such as tool.execute or a prefix such as tool.*")
                        .orElse(null))
                .status(parameters
                        .value(
                                "status",
                                EventStatus::parse,
                                "must be one of pending, running, completed, failed, timeout")
                        .orElse(null))
                .parentId(parameters
                        .value("parent_event_id", EventId::parse, "must be a UUID of 36 characters")
                        .orElse(null))
                .minImportance(importance == 0 ? null : importance);
    }
}
