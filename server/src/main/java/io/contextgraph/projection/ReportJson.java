// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What comparing, repairing and rebuilding found, as clients see it. */
public final class ReportJson {
    private ReportJson() {}

    /** @param named the differences that are told by name; all of them are counted */
    public static ObjectNode of(Verification result, List<Difference> named) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("equal", result.equal());
        json.put("as_of", result.asOf().position().toString());
        json.put("events", result.events());
        json.put("sessions", result.sessions());
        json.put("behind", result.behind());
        json.put("unsettled_sessions", result.unsettled());
        json.put("exact_sessions", result.exactly());
        json.set("counts", counts(result.differences()));
        json.set("differences", differences(named));
        ArrayNode strays = json.putArray("strays");
        result.strays()
                .forEach(stray ->
                        strays.addObject().put("kind", stray.kind().wireName()).put("id", stray.id()));
        return json;
    }

    /** @param named the differences that are told by name; all of them are counted */
    public static ObjectNode of(Repaired result, List<Difference> named) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("complete", result.complete());
        json.put("as_of", result.asOf().position().toString());
        json.put("events", result.events());
        json.put("repaired_sessions", result.sessions());
        json.put("projected", result.projected());
        json.put("unsettled_sessions", result.unsettled());
        json.put("tidied", result.tidied());
        json.set("counts", counts(result.found()));
        json.set("left", counts(result.left()));
        ArrayNode refused = json.putArray("refused");
        result.refused().forEach(event -> refused.add(event.toString()));
        json.set("differences", differences(named));
        return json;
    }

    /** @param named the differences that are told by name; all of them are counted */
    public static ObjectNode of(Rebuilt result, List<Difference> named) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("complete", result.repaired().complete());
        json.put("resumed_after_seq", result.resumedAfter());
        json.put("replayed", result.replayed());
        json.set("repair", of(result.repaired(), named));
        return json;
    }

    private static ObjectNode counts(Map<Difference.Kind, Long> counts) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        new TreeMap<>(counts).forEach((kind, count) -> json.put(kind.wireName(), count));
        return json;
    }

    private static ArrayNode differences(List<Difference> named) {
        ArrayNode json = Json.MAPPER.createArrayNode();
        named.forEach(difference -> json.addObject()
                .put("kind", difference.kind().wireName())
                .put("session_id", difference.session().value())
                .put("event_id", difference.node())
                .put("detail", difference.detail()));
        return json;
    }
}
