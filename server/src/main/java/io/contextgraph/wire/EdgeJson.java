// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.event.Json;
import io.contextgraph.graph.GraphEdge;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Edges of the graph as clients see them. */
public final class EdgeJson {
    private EdgeJson() {}

    /** From where, to where, of which type, and what else is known of it. */
    public static ObjectNode of(GraphEdge edge) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("source", edge.source());
        json.put("target", edge.target());
        json.put("edge_type", edge.type());
        ObjectNode properties = json.putObject("properties");
        edge.properties().keySet().stream()
                .sorted()
                .forEach(name -> properties.set(
                        name, Json.MAPPER.valueToTree(edge.properties().get(name))));
        return json;
    }

    /** Reads one. */
    public static GraphEdge read(JsonNode json) {
        Map<String, Object> properties = new HashMap<>();
        json.required("properties")
                .properties()
                .forEach(property -> properties.put(
                        property.getKey(),
                        property.getValue().isIntegralNumber()
                                ? (Object) property.getValue().longValue()
                                : property.getValue().stringValue()));
        return new GraphEdge(
                json.required("source").stringValue(),
                json.required("target").stringValue(),
                json.required("edge_type").stringValue(),
                properties);
    }
}
