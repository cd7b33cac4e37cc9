// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Ids;
import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An event in the making: the JSON that a producer would send, and where in the file it comes from. */
public final class Draft {
    /** Importance of a failure and of the opening of a session; everything else has none. */
    private static final int FAILURE = 7;

    private static final int OPENING = 3;

    /** Of spans that are no work of an agent, and of what only says something about a run. */
    private static final int ASIDE = 1;

    private final String place;
    private final ObjectNode json = Json.MAPPER.createObjectNode();
    private @Nullable String oddTool;

    /** A draft of the record at {@code place}, under an id that follows from that record. */
    public Draft(String place, String id, String type) {
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

    /** Whose it is. */
    public Draft of(String session, String agent, String trace) {
        json.put(EventFields.SESSION_ID, session);
        json.put(EventFields.AGENT_ID, agent);
        json.put(EventFields.TRACE_ID, trace);
        return this;
    }

    /** Whom it is about; before {@link #marked}. */
    public Draft about(About whom) {
        whom.person().ifPresent(person -> json.put(EventFields.DATA_SUBJECT_ID, person.value()));
        return this;
    }

    /** When it was; see {@link #endedAt}. */
    public Draft at(Instant start, @Nullable Instant end) {
        json.put(EventFields.OCCURRED_AT, Times.format(start));
        return endedAt(end);
    }

    /** An end before the start is no end. */
    public Draft endedAt(@Nullable Instant end) {
        if (end != null
                && Times.format(end)
                                .compareTo(json.path(EventFields.OCCURRED_AT).stringValue())
                        >= 0) {
            json.put(EventFields.ENDED_AT, Times.format(end));
        }
        return this;
    }

    /** What caused it, whether that is known or not. */
    public Draft parent(@Nullable String id) {
        if (id != null) {
            json.put(EventFields.PARENT_EVENT_ID, id);
        }
        return this;
    }

    /** A name that cannot be the name of a tool is no reason to lose a call: it goes to the payload, see {@link #marked}. */
    public Draft tool(@Nullable String name) {
        if (name != null && Ids.fault(name).isEmpty()) {
            json.put(EventFields.TOOL_NAME, name);
        } else {
            oddTool = name;
        }
        return this;
    }

    /** How it ended; failures are of importance. */
    public Draft status(EventStatus status) {
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

    /** It is of little importance, unless it failed. */
    public Draft aside() {
        if (!json.has(EventFields.IMPORTANCE_HINT)) {
            json.put(EventFields.IMPORTANCE_HINT, ASIDE);
        }
        return this;
    }

    /** What it says; kept, and changed by {@link #marked}. */
    public Draft payload(ObjectNode payload) {
        json.set(EventFields.PAYLOAD, payload);
        return this;
    }

    /** What it says so far. */
    public ObjectNode payload() {
        return (ObjectNode) json.path(EventFields.PAYLOAD);
    }

    /** Where its payload comes from; without one, the digest of its record. */
    public Draft payloadRef(String ref) {
        json.put(EventFields.PAYLOAD_REF, ref);
        return this;
    }

    /**
     * Says in the payload what is known of the record, see {@link Mark}, and refers to the record by its digest; of a
     * person, all that is known of it stands there, as the payload will be sealed. What the payload has under that name keeps another one.
     */
    public Draft marked(ObjectNode mark) {
        ObjectNode payload = payload();
        JsonNode own = payload.get(Mark.FIELD);
        if (own != null) {
            String free = Mark.FIELD + "#2";
            for (int n = 3; payload.has(free); n++) {
                free = Mark.FIELD + "#" + n;
            }
            payload.set(free, own);
        }
        if (oddTool != null) {
            mark.put(EventFields.TOOL_NAME, oddTool);
        }
        payload.set(Mark.FIELD, mark);
        if (json.has(EventFields.DATA_SUBJECT_ID)) {
            String ref = json.path(EventFields.PAYLOAD_REF).stringValue("");
            payloadRef((ref.isEmpty() ? "" : ref + ":")
                    + Mark.of(payload).orElseThrow().reference());
        } else if (!json.has(EventFields.PAYLOAD_REF)) {
            payloadRef("sha256:" + mark.path(Mark.RECORD).stringValue());
        }
        return this;
    }
}
