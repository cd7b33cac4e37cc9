// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.graph.EventNode;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.projection.GraphProgress;
import io.contextgraph.wire.EdgeJson;
import io.contextgraph.wire.NodeJson;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A part of the graph in the form that clients know.
 *
 * @param graph what to show; the order of its nodes is kept
 * @param seen how far the graph has come
 * @param form of the nodes
 * @param whole whether the nodes bring their events whole
 */
record Atlas(Subgraph graph, GraphProgress seen, NodeJson form, Whole whole) {
    /** Whether clients are given what the graph itself has of each event. */
    enum Whole {
        NO,
        YES,
        /** They want it, but the graph has nothing: what is told is of the ledger. */
        OF_LEDGER
    }

    /**
     * How the answer came about.
     *
     * @param seeds where the search began
     * @param strategy how these were found
     * @param channel what brought the nodes
     * @param weight what the decay score counts; nothing else is scored yet
     * @param maxDepth empty where depth means nothing: a context is the session's events
     */
    record Meta(
            List<String> seeds,
            String strategy,
            String channel,
            double weight,
            int maxNodes,
            OptionalInt maxDepth,
            long queryMillis) {
        static Meta context(int maxNodes, long queryMillis) {
            return new Meta(List.of(), "session", "decay", 1, maxNodes, OptionalInt.empty(), queryMillis);
        }

        static Meta lineage(EventId start, int maxNodes, int maxDepth, long queryMillis) {
            return new Meta(
                    List.of(start.toString()), "given", "causal", 0, maxNodes, OptionalInt.of(maxDepth), queryMillis);
        }
    }

    ObjectNode toJson(Meta meta) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        ObjectNode nodes = json.putObject("nodes");
        graph.nodes().forEach(node -> nodes.set(node.id().toString(), toJson(node)));
        ArrayNode edges = json.putArray("edges");
        graph.edges().forEach(edge -> edges.add(EdgeJson.of(edge)));
        EventJson.pagination(json, graph.next());
        json.set("meta", meta(meta));
        return json;
    }

    private ObjectNode toJson(EventNode node) {
        return whole == Whole.NO ? form.of(node) : form.withGraph(node, whole == Whole.YES);
    }

    private ObjectNode meta(Meta meta) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("query_ms", meta.queryMillis());
        json.put("nodes_returned", graph.nodes().size());
        json.put("truncated", graph.truncated());
        json.put("as_of", seen.asOf());
        json.put("parked", seen.parked());
        json.putObject("inferred_intents");
        // No intent changes an answer yet.
        json.putNull("intent_override");
        ArrayNode seeds = json.putArray("seed_nodes");
        meta.seeds().forEach(seeds::add);
        json.put("seed_strategy", meta.strategy());
        json.putObject("scoring_weights")
                .put("decay_score", meta.weight())
                .put("relevance_score", 0.0)
                .put("importance_score", 0.0);
        json.putArray("retrieval_channels").add(meta.channel());
        json.put("proactive_nodes_count", 0);
        ObjectNode capacity = json.putObject("capacity")
                .put("max_nodes", meta.maxNodes())
                .put("used_nodes", graph.nodes().size());
        meta.maxDepth().ifPresentOrElse(depth -> capacity.put("max_depth", depth), () -> capacity.putNull("max_depth"));
        return json;
    }
}
