// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import io.contextgraph.event.PayloadText;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.graph.Decay;
import io.contextgraph.graph.EventNode;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.wire.EdgeJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A part of the graph in the form that clients know.
 *
 * @param graph what to show; the order of its nodes is kept
 * @param now the time against which scores decay
 * @param seen how far the graph has come
 * @param payloads those there are
 */
record Atlas(Subgraph graph, Instant now, EventFeed.Progress seen, Map<EventId, Payload> payloads) {
    private static final int MAX_IMPORTANCE = 10;

    /** Nothing was asked for by words, so that nothing is nearer or farther. */
    private static final double RELEVANCE_WITHOUT_QUERY = 0.5;

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
        graph.nodes().forEach(node -> nodes.set(node.id().toString(), node(node)));
        ArrayNode edges = json.putArray("edges");
        graph.edges().forEach(edge -> edges.add(EdgeJson.of(edge)));
        EventJson.pagination(json, graph.next());
        json.set("meta", meta(meta));
        return json;
    }

    private ObjectNode node(EventNode node) {
        Optional<RecordedEvent> recorded = node.event();
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("node_id", node.id().toString());
        json.put("node_type", "Event");
        json.set("attributes", attributes(node.id(), recorded.map(RecordedEvent::event)));
        json.set("provenance", provenance(node.id(), recorded));
        json.set("scores", scores(recorded.map(RecordedEvent::event)));
        json.put("retrieval_reason", "direct");
        json.putNull("proactive_signal");
        return json;
    }

    /** All of them, always; null where there is none, as in a stub whose event has not arrived. */
    private ObjectNode attributes(EventId id, Optional<Event> event) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put(EventFields.EVENT_TYPE, event.map(e -> e.type().value()).orElse(null));
        json.put(
                EventFields.OCCURRED_AT,
                event.map(e -> Times.format(e.occurredAt())).orElse(null));
        json.put(
                EventFields.ENDED_AT,
                event.flatMap(Event::endedAt).map(Times::format).orElse(null));
        json.put(
                EventFields.STATUS,
                event.flatMap(Event::status).map(EventStatus::wireName).orElse(null));
        json.put(EventFields.TOOL_NAME, event.flatMap(Event::toolName).orElse(null));
        json.put(
                EventFields.PARENT_EVENT_ID,
                event.flatMap(Event::parentId).map(EventId::toString).orElse(null));
        json.put(EventFields.PAYLOAD_REF, event.map(Event::payloadRef).orElse(null));
        json.put(
                "importance_score",
                event.filter(e -> e.importanceHint().isPresent())
                        .map(e -> e.importanceHint().getAsInt())
                        .orElse(null));
        json.putArray("keywords");
        json.putNull("summary");
        json.put(
                "content",
                Optional.ofNullable(payloads.get(id)).map(PayloadText::of).orElse(null));
        return json;
    }

    private static ObjectNode provenance(EventId id, Optional<RecordedEvent> recorded) {
        Optional<Event> event = recorded.map(RecordedEvent::event);
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put(EventFields.EVENT_ID, id.toString());
        json.put(
                EventFields.GLOBAL_POSITION,
                recorded.map(r -> r.position().toString()).orElse(null));
        json.put("source", "redis");
        json.put(
                EventFields.OCCURRED_AT,
                event.map(e -> Times.format(e.occurredAt())).orElse(null));
        json.put(EventFields.SESSION_ID, event.map(e -> e.sessionId().value()).orElse(null));
        json.put(EventFields.AGENT_ID, event.map(Event::agentId).orElse(null));
        json.put(EventFields.TRACE_ID, event.map(Event::traceId).orElse(null));
        return json;
    }

    /** From 0 to 1. */
    private ObjectNode scores(Optional<Event> event) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("decay_score", event.map(e -> Decay.score(Decay.rank(e), now)).orElse(null));
        json.put("relevance_score", RELEVANCE_WITHOUT_QUERY);
        json.put(
                "importance_score",
                event.map(e -> (double) e.importanceHint().orElse(Decay.DEFAULT_IMPORTANCE) / MAX_IMPORTANCE)
                        .orElse(null));
        return json;
    }

    private ObjectNode meta(Meta meta) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("query_ms", meta.queryMillis());
        json.put("nodes_returned", graph.nodes().size());
        json.put("truncated", graph.truncated());
        json.put("as_of", seen.seenThrough().toString());
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
