// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.SessionSummary;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Session summaries as JSON, the same in answers over HTTP and on the command line. */
public final class SummaryJson {
    private SummaryJson() {}

    /** One summary. */
    public static ObjectNode of(SessionSummary session) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("session_id", session.id().value());
        json.put("first_event_at", Times.format(session.firstEventAt()));
        json.put("last_event_at", Times.format(session.lastEventAt()));
        json.put("last_event_id", session.lastEventId().toString());
        json.put("event_count", session.eventCount());
        if (session.prunedCount() > 0) {
            json.put("pruned_count", session.prunedCount());
        }
        ArrayNode agents = json.putArray("agents");
        session.agents().forEach(agents::add);
        json.put("status", session.status().map(EventStatus::wireName).orElse(null));
        return json;
    }

    /** Reads one; what orders the directory is not on the wire, so {@code firstSeq} is 0. */
    public static SessionSummary read(JsonNode json) {
        return new SessionSummary(
                new SessionId(json.required("session_id").stringValue()),
                0,
                Times.parse(json.required("first_event_at").stringValue()).orElseThrow(),
                Times.parse(json.required("last_event_at").stringValue()).orElseThrow(),
                EventId.of(json.required("last_event_id").stringValue()),
                json.required("event_count").longValue(),
                json.required("agents").valueStream().map(JsonNode::stringValue).toList(),
                EventStatus.parse(json.path("status").asString("")),
                json.path("pruned_count").asLong(0));
    }
}
