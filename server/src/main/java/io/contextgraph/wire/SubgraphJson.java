// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.graph.EventNode;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.Subgraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the graph has of an event, for clients that want it whole.
 *
 * <p><b>Shape.</b> {@value #GRAPH} of a node: {@code depth} and {@code score}, {@code known}: whether the graph has the node at
 * all, {@code event}: what it knows of the event, null for a stub.
 */
public final class SubgraphJson {
    static final String GRAPH = "graph";

    private SubgraphJson() {}

    static ObjectNode of(EventNode node, boolean known) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("depth", node.depth())
                .put("score", node.score())
                .put("known", known);
        node.event().ifPresentOrElse(event -> json.set("event", EventJson.toJson(event)), () -> json.putNull("event"));
        return json;
    }

    /** Reads an answer whose nodes have all of it; what the graph does not know is left out. */
    public static Subgraph read(JsonNode answer, Optional<Cursor> next) {
        List<EventNode> nodes = new ArrayList<>();
        answer.required("nodes").properties().forEach(entry -> {
            JsonNode graph = entry.getValue().required(GRAPH);
            if (graph.required("known").booleanValue()) {
                JsonNode event = graph.required("event");
                nodes.add(new EventNode(
                        EventId.of(entry.getKey()),
                        event.isNull() ? Optional.empty() : Optional.of(EventJson.recorded(event)),
                        graph.required("depth").intValue(),
                        graph.required("score").doubleValue(),
                        Optional.ofNullable(entry.getValue()
                                .path(NodeJson.PROVENANCE)
                                .path(NodeJson.ARCHIVED)
                                .stringValue(null))));
            }
        });
        List<GraphEdge> edges =
                answer.required("edges").valueStream().map(EdgeJson::read).toList();
        return new Subgraph(nodes, edges, next, answer.at("/meta/truncated").booleanValue());
    }
}
