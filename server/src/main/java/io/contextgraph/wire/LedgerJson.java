// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventLimits;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which ledger it is, where it ends, how far the graph has come, and what the server takes.
 *
 * <p><b>Shape.</b> {@code ledger_id} (null without events), {@code partition}, {@code epoch}; {@code cuts}: where each epoch but
 * the first began; {@code head}; {@code trimmed}, the last event
 * without an entry in the streams; {@code projection}; {@code limits}.
 */
public final class LedgerJson {
    private static final String HEAD = "head";

    private LedgerJson() {}

    /**
     * What the server takes.
     *
     * @param events what an event may be
     * @param maxBatch most events in one request
     * @param maxBodyBytes largest request
     */
    public record Limits(EventLimits events, int maxBatch, int maxBodyBytes) {}

    /**
     * All of it.
     *
     * @param trimmed the last event without an entry in the streams
     */
    public static ObjectNode of(Epochs.Standing now, Head trimmed, EventFeed.Progress projection, Limits limits) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        LedgerIdentity identity = now.identity();
        json.put(EventFields.LEDGER_ID, identity.id().orElse(null));
        json.put(EventFields.PARTITION, identity.partition());
        json.put(EventFields.EPOCH, identity.epoch());
        ArrayNode cuts = json.putArray("cuts");
        identity.cuts().forEach(cut -> head(cuts.addObject().put(EventFields.EPOCH, cut.epoch()), cut.lastCommon()));
        head(json.putObject(HEAD), now.head());
        head(json.putObject("trimmed"), trimmed);
        json.putObject("projection")
                .put("as_of", projection.seenThrough().toString())
                .put("as_of_seq", projection.seenThroughSeq())
                .put("lag_events", projection.lag())
                .put("pending", projection.pending())
                .put("parked", projection.parked())
                .put(
                        "waiting_since",
                        projection.waitingSince().map(Times::format).orElse(null));
        json.putObject("limits")
                .put("event_bytes", limits.events().maxEventBytes())
                .put("payload_depth", limits.events().maxPayloadDepth())
                .put("clock_lead_ms", limits.events().maxClockLead().toMillis())
                .put("batch_events", limits.maxBatch())
                .put("body_bytes", limits.maxBodyBytes());
        return json;
    }

    private static void head(ObjectNode json, Head head) {
        json.put(EventFields.SEQ, head.seq())
                .put(EventFields.GLOBAL_POSITION, head.position().toString());
    }

    /** Which ledger it is, and where it ends. */
    public static Epochs.Standing standing(JsonNode json) {
        List<LedgerIdentity.Cut> cuts = json.required("cuts")
                .valueStream()
                .map(cut ->
                        new LedgerIdentity.Cut(cut.required(EventFields.EPOCH).longValue(), head(cut)))
                .toList();
        LedgerIdentity identity = new LedgerIdentity(
                Optional.of(json.required(EventFields.LEDGER_ID))
                        .filter(JsonNode::isString)
                        .map(JsonNode::stringValue),
                json.required(EventFields.PARTITION).intValue(),
                json.required(EventFields.EPOCH).longValue(),
                cuts);
        return new Epochs.Standing(identity, head(json.required(HEAD)));
    }

    private static Head head(JsonNode json) {
        return new Head(
                json.required(EventFields.SEQ).longValue(),
                Position.of(json.required(EventFields.GLOBAL_POSITION).stringValue()));
    }

    /** How far the graph has come. */
    public static EventFeed.Progress progress(JsonNode json) {
        JsonNode projection = json.required("projection");
        long seen = projection.required("as_of_seq").longValue();
        Head end = head(json.required(HEAD));
        // The head was asked for apart, and may have moved on between.
        Head head = new Head(seen + projection.required("lag_events").longValue(), end.position());
        return new EventFeed.Progress(
                Position.of(projection.required("as_of").stringValue()),
                seen,
                projection.required("pending").longValue(),
                projection.required("parked").longValue(),
                Times.parse(projection.path("waiting_since").asString("")),
                head);
    }

    /** What the server takes. */
    public static Limits limits(JsonNode json) {
        JsonNode limits = json.required("limits");
        return new Limits(
                new EventLimits(
                        limits.required("event_bytes").intValue(),
                        limits.required("payload_depth").intValue(),
                        Duration.ofMillis(limits.required("clock_lead_ms").longValue())),
                limits.required("batch_events").intValue(),
                limits.required("body_bytes").intValue());
    }
}
