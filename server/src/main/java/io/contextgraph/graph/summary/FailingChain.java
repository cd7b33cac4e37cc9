// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.summary;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event that failed or ran out of time, and what led to it.
 *
 * <p><b>Shape.</b> As JSON: {@code {"text": text, "cut": bool, "steps": [{"event_id", "event_type", "tool_name", "status"}]}},
 * what there is none of is left out.
 *
 * @param steps the event, what caused it, what caused that, and so on among the events that are summarised
 * @param cut whether there are more causes among them
 * @param text what the event says, where it is not about a person; its beginning
 */
public record FailingChain(List<Step> steps, boolean cut, Optional<String> text) {
    public FailingChain {
        steps = List.copyOf(steps);
    }

    /** One event of a chain. */
    public record Step(EventId id, String type, Optional<String> tool, Optional<EventStatus> status) {
        static Step of(Event event) {
            return new Step(event.id(), event.type().value(), event.toolName(), event.status());
        }

        private ObjectNode json() {
            ObjectNode json = Json.MAPPER.createObjectNode();
            json.put(EventFields.EVENT_ID, id.toString()).put(EventFields.EVENT_TYPE, type);
            tool.ifPresent(name -> json.put(EventFields.TOOL_NAME, name));
            status.ifPresent(how -> json.put(EventFields.STATUS, how.wireName()));
            return json;
        }

        private static Step read(JsonNode json) {
            return new Step(
                    EventId.of(json.required(EventFields.EVENT_ID).stringValue()),
                    json.required(EventFields.EVENT_TYPE).stringValue(),
                    Optional.ofNullable(json.path(EventFields.TOOL_NAME).stringValue(null)),
                    EventStatus.parse(json.path(EventFields.STATUS).asString("")));
        }
    }

    /** As JSON. */
    public static ArrayNode json(List<FailingChain> chains) {
        ArrayNode all = Json.MAPPER.createArrayNode();
        for (FailingChain chain : chains) {
            ObjectNode json = all.addObject();
            chain.text.ifPresent(said -> json.put("text", said));
            json.put("cut", chain.cut);
            ArrayNode steps = json.putArray("steps");
            chain.steps.forEach(step -> steps.add(step.json()));
        }
        return all;
    }

    static List<FailingChain> read(String text) {
        return Json.MAPPER
                .readTree(text)
                .valueStream()
                .map(json -> new FailingChain(
                        json.required("steps").valueStream().map(Step::read).toList(),
                        json.required("cut").booleanValue(),
                        Optional.ofNullable(json.path("text").stringValue(null))))
                .toList();
    }
}
