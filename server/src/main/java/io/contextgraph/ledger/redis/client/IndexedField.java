// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import java.util.Locale;
import java.util.Optional;

/** The fields that have a sorted set for each value, in the order in which the append script takes their keys. */
public enum IndexedField {
    SESSION,
    AGENT,
    TRACE,
    TYPE,
    TOOL,
    PARENT,
    STATUS;

    public String keyName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The value in an event. */
    public Optional<String> in(Event event) {
        return switch (this) {
            case SESSION -> Optional.of(event.sessionId().value());
            case AGENT -> Optional.of(event.agentId());
            case TRACE -> Optional.of(event.traceId());
            case TYPE -> Optional.of(event.type().value());
            case TOOL -> event.toolName();
            case PARENT -> event.parentId().map(EventId::toString);
            case STATUS -> event.status().map(EventStatus::wireName);
        };
    }

    /** The one value that a query asks for. */
    public Optional<String> in(EventQuery query) {
        return switch (this) {
            case SESSION -> query.sessionId().map(SessionId::value);
            case AGENT -> query.agentId();
            case TRACE -> query.traceId();
            case TYPE -> query.type().flatMap(TypeFilter::exact).map(EventType::value);
            case TOOL -> query.toolName();
            case PARENT -> query.parentId().map(EventId::toString);
            case STATUS -> query.status().map(EventStatus::wireName);
        };
    }
}
