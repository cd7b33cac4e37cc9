// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.graph.Decay;
import io.contextgraph.graph.EventNode;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.view.CallResults;
import io.contextgraph.view.PayloadText;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Events of the graph as clients see them: what they are, where they come from, how much they count now. */
public final class NodeJson {
    private static final int MAX_IMPORTANCE = 10;

    /** Nothing was asked for by words, so that nothing is nearer or farther. */
    private static final double RELEVANCE_WITHOUT_QUERY = 0.5;

    static final String PROVENANCE = "provenance";

    /** Of the provenance: the segment of the archive that has the event. */
    static final String ARCHIVED = EventProperties.ARCHIVED;

    private final Instant now;
    private final CallResults results;
    private final Map<EventId, Payload> payloads;
    private final Map<EventId, Summary> forgotten;

    private NodeJson(
            Instant now, CallResults results, Map<EventId, Payload> payloads, Map<EventId, Summary> forgotten) {
        this.now = now;
        this.results = results;
        this.payloads = payloads;
        this.forgotten = forgotten;
    }

    /** One that knows what sums events up which the graph has forgotten. */
    public NodeJson knowing(Map<EventId, Summary> summaries) {
        return new NodeJson(now, results, payloads, summaries);
    }

    /**
     * Reads what the ledger has besides what the graph knows: payloads, and the results of calls.
     *
     * @param now the time against which scores decay
     */
    public static NodeJson of(Subgraph part, Instant now, Ledger ledger) {
        List<RecordedEvent> events =
                part.nodes().stream().flatMap(node -> node.event().stream()).toList();
        CallResults results = CallResults.of(events, ledger.search());
        Set<EventId> ids = new LinkedHashSet<>();
        part.nodes().forEach(node -> ids.add(node.id()));
        results.all().forEach(result -> ids.add(result.event().id()));
        return new NodeJson(
                now, results, ids.isEmpty() ? Map.of() : ledger.log().payloads(ids), Map.of());
    }

    /** An event of the graph; a call that was answered later reads as answered. */
    public ObjectNode of(EventNode node) {
        Optional<RecordedEvent> recorded = node.event();
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("node_id", node.id().toString());
        json.put("node_type", "Event");
        json.set("attributes", attributes(node.id(), recorded.map(RecordedEvent::event)));
        json.set(PROVENANCE, provenance(node));
        json.set("scores", scores(recorded.map(RecordedEvent::event)));
        json.put("retrieval_reason", "direct");
        json.putNull("proactive_signal");
        return json;
    }

    /** The same, and what the graph itself has of the event, see {@link SubgraphJson}. */
    public ObjectNode withGraph(EventNode node, boolean known) {
        ObjectNode json = of(node);
        json.set(SubgraphJson.GRAPH, SubgraphJson.of(node, known));
        return json;
    }

    /** All of them, always; null where there is none, as in a stub whose event has not arrived. */
    private ObjectNode attributes(EventId id, Optional<Event> known) {
        Optional<Event> event = known.map(results::answered);
        Optional<EventId> result =
                results.of(id).map(recorded -> recorded.event().id());
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
                PayloadText.of(
                                Optional.ofNullable(payloads.get(id)),
                                result.flatMap(r -> Optional.ofNullable(payloads.get(r))))
                        .orElse(null));
        json.put("result_event_id", result.map(EventId::toString).orElse(null));
        return json;
    }

    private ObjectNode provenance(EventNode node) {
        Optional<RecordedEvent> recorded = node.event();
        Optional<Event> event = recorded.map(RecordedEvent::event);
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put(EventFields.EVENT_ID, node.id().toString());
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
        node.archived().ifPresent(segment -> json.put(ARCHIVED, segment));
        summaryId(node)
                .or(() -> Optional.ofNullable(forgotten.get(node.id())).map(Summary::id))
                .ifPresent(summary -> json.put(Summary.SUMMARY_ID, summary));
        return json;
    }

    /** The node that sums up what its session has in the segment that has it; empty where it is not archived. */
    private static Optional<String> summaryId(EventNode node) {
        return node.event()
                .flatMap(recorded -> node.archived()
                        .map(segment -> Summary.id(recorded.event().sessionId(), segment)));
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
}
