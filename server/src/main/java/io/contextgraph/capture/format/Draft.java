// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import io.contextgraph.event.Sha256;
import io.contextgraph.event.Times;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** An event in the making: the JSON that a producer would send, and where in the file it comes from. */
final class Draft {
    /** Importance of a failure and of the opening of a session; everything else has none. */
    private static final int FAILURE = 7;

    private static final int OPENING = 3;

    private final String place;
    private final ObjectNode json = Json.MAPPER.createObjectNode();

    Draft(String place, String id, String type) {
        this.place = place;
        json.put(EventFields.EVENT_ID, id);
        json.put(EventFields.EVENT_TYPE, type);
    }

    String place() {
        return place;
    }

    ObjectNode json() {
        return json;
    }

    String id() {
        return json.path(EventFields.EVENT_ID).stringValue();
    }

    Draft of(String session, String agent, String trace) {
        json.put(EventFields.SESSION_ID, session);
        json.put(EventFields.AGENT_ID, agent);
        json.put(EventFields.TRACE_ID, trace);
        return this;
    }

    Draft at(Instant start, @Nullable Instant end) {
        json.put(EventFields.OCCURRED_AT, Times.format(start));
        return endedAt(end);
    }

    /** An end before the start is no end. */
    Draft endedAt(@Nullable Instant end) {
        if (end != null
                && Times.format(end)
                                .compareTo(json.path(EventFields.OCCURRED_AT).stringValue())
                        >= 0) {
            json.put(EventFields.ENDED_AT, Times.format(end));
        }
        return this;
    }

    Draft parent(@Nullable String id) {
        if (id != null) {
            json.put(EventFields.PARENT_EVENT_ID, id);
        }
        return this;
    }

    Draft tool(@Nullable String name) {
        if (name != null) {
            json.put(EventFields.TOOL_NAME, name);
        }
        return this;
    }

    Draft status(EventStatus status) {
        json.put(EventFields.STATUS, status.wireName());
        if (status == EventStatus.FAILED || status == EventStatus.TIMEOUT) {
            json.put(EventFields.IMPORTANCE_HINT, FAILURE);
        }
        return this;
    }

    Draft opening() {
        json.put(EventFields.IMPORTANCE_HINT, OPENING);
        return this;
    }

    Draft payload(ObjectNode payload) {
        json.set(EventFields.PAYLOAD, payload);
        return this;
    }

    ObjectNode payload() {
        return (ObjectNode) json.path(EventFields.PAYLOAD);
    }

    Draft payloadRef(String ref) {
        json.put(EventFields.PAYLOAD_REF, ref);
        return this;
    }

    /** Refers to the payload by its content: the hash covers it as it is now, before anything is cut. */
    Draft payloadRefByContent() {
        return payloadRef("sha256:" + Sha256.hex(Json.canonical(payload())));
    }
}
