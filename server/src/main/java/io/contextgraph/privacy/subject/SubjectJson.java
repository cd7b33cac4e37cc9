// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.subject;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Times;
import io.contextgraph.privacy.key.Erasures;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What answers and commands tell of persons. */
public final class SubjectJson {
    private SubjectJson() {}

    /** A payload that was opened, or was never sealed. */
    public static ObjectNode of(Event event, Optional<Payload> payload) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put(EventFields.EVENT_ID, event.id().toString())
                .put(EventFields.DATA_SUBJECT_ID, event.dataSubjectId().orElse(null));
        json.set(EventFields.PAYLOAD, of(payload));
        return json;
    }

    static JsonNode of(Optional<Payload> payload) {
        return payload.map(text -> Json.MAPPER.readTree(text.json()))
                .orElseGet(() -> Json.MAPPER.getNodeFactory().nullNode());
    }

    /** Where what is about a person is. */
    public static ObjectNode of(SubjectStanding standing) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put(EventFields.DATA_SUBJECT_ID, standing.newest().toString());
        ArrayNode names = json.putArray("names");
        standing.names()
                .forEach(name -> names.addObject()
                        .put(EventFields.DATA_SUBJECT_ID, name.pseudonym().toString())
                        .put("payloads", name.payloads())
                        .put("parked", name.parked())
                        .put("key", name.key())
                        .put("erased_key_generation", name.erasedThrough())
                        .put("erased_at", name.erasedAt().map(Times::format).orElse(null)));
        return json;
    }

    /** That a person may be spoken of again. */
    public static ObjectNode authorised(Erasures now) {
        return Json.MAPPER
                .createObjectNode()
                .put(EventFields.DATA_SUBJECT_ID, now.pseudonym().toString())
                .put("key_generation", now.generation());
    }

    /** The last line of an export. */
    public static ObjectNode of(Subjects.Exported exported) {
        ObjectNode end = Json.MAPPER.createObjectNode();
        ArrayNode unread = end.putObject("exported")
                .put("ledger", exported.ledger())
                .put("archived", exported.archived())
                .putArray("unread");
        exported.unread().forEach(unread::add);
        return end;
    }
}
