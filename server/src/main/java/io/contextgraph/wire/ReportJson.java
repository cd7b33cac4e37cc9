// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.audit.Difference;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.audit.Repaired;
import io.contextgraph.audit.Verification;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What comparing, repairing and rebuilding found, as clients see it. */
public final class ReportJson {
    private ReportJson() {}

    /** @param found what is told by name; all of it is counted */
    public static ObjectNode of(Verification result, Findings found) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("equal", result.equal());
        json.put("verdict", result.verdict().wireName());
        json.put("as_of", Position.text(result.asOf()));
        json.put("events", result.events());
        json.put("sessions", result.sessions());
        json.put("behind", result.behind());
        json.put("unsettled_sessions", result.unsettled());
        json.set("unsettled", sessions(found.unsettled()));
        json.put("exact_sessions", result.exactly());
        json.set("counts", counts(result.differences()));
        json.set("differences", differences(found.named()));
        ArrayNode strays = json.putArray("strays");
        result.strays()
                .forEach(stray ->
                        strays.addObject().put("kind", stray.kind().wireName()).put("id", stray.id()));
        return json;
    }

    /** @param found what is told by name; all of it is counted */
    public static ObjectNode of(Repaired result, Findings found) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("complete", result.complete());
        json.put("as_of", Position.text(result.asOf()));
        json.put("events", result.events());
        json.put("repaired_sessions", result.sessions());
        json.put("projected", result.projected());
        json.put("unsettled_sessions", result.unsettled());
        json.set("unsettled", sessions(found.unsettled()));
        json.put("tidied", result.tidied());
        json.set("counts", counts(result.found()));
        json.set("left", counts(result.left()));
        ArrayNode refused = json.putArray("refused");
        result.refused().forEach(event -> refused.add(event.toString()));
        json.set("differences", differences(found.named()));
        return json;
    }

    /** @param found what is told by name; all of it is counted */
    public static ObjectNode of(Rebuilt result, Findings found) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("complete", result.repaired().complete());
        resumed(result.resumedAfter(), json);
        json.put("replayed", result.replayed());
        json.set("repair", of(result.repaired(), found));
        return json;
    }

    private static void resumed(List<Long> after, ObjectNode json) {
        json.put("resumed_after_seq", after.stream().mapToLong(Long::longValue).sum());
        if (after.size() > 1) {
            ArrayNode each = json.putArray("resumed_after_seqs");
            after.forEach(seq -> each.add(seq));
        }
    }

    private static ObjectNode counts(Map<Difference.Kind, Long> counts) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        new TreeMap<>(counts).forEach((kind, count) -> json.put(kind.wireName(), count));
        return json;
    }

    private static ArrayNode sessions(List<SessionId> named) {
        ArrayNode json = Json.MAPPER.createArrayNode();
        named.forEach(session -> json.add(session.value()));
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
