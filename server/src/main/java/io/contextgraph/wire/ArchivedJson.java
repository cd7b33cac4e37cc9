// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.event.Json;
import io.contextgraph.graph.summary.Summary;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is left to say of archived events as JSON: the properties of a {@link Summary}, those that are JSON texts there as the
 * JSON that they are.
 */
public final class ArchivedJson {
    private static final Set<String> STRUCTURED = Set.of("types", "tools", "agents", "statuses", "failing");

    private ArchivedJson() {}

    /** One summary. */
    public static ObjectNode of(Summary summary) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        summary.properties()
                .forEach((name, value) -> json.set(
                        name,
                        STRUCTURED.contains(name)
                                ? Json.MAPPER.readTree(value.toString())
                                : Json.MAPPER.valueToTree(value)));
        return json;
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Summary read(JsonNode json) {
        Map<String, Object> properties = new HashMap<>();
        json.forEachEntry((name, value) -> properties.put(name, property(name, value)));
        return Summary.read(properties);
    }

    private static Object property(String name, JsonNode value) {
        if (STRUCTURED.contains(name)) {
            return value.toString();
        }
        return value.isNumber() ? value.longValue() : value.asString();
    }
}
