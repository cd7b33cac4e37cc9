// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.event.Position;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.prune.Pruning;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a page of events says of itself besides its events. */
public final class PageJson {
    public static final String COVERS = "covers";
    public static final String PRUNED_BEFORE = "pruned_before";
    public static final String EVENTS = "events";
    public static final String FIRST_SEQ = "first_seq";
    public static final String AFTER_SEQ = "after_seq";
    public static final String AFTER_POSITION = "after_position";
    public static final String RECORDED_AFTER = "recorded_after";

    private PageJson() {}

    /**
     * {@code as_of} and {@code complete}; and {@code covers} where something is left out: all that was recorded after that event,
     * and nothing before; and {@code pruned_before} where events have gone for good: how many, and behind which event everything
     * is still there.
     */
    public static void tell(EventPage page, ObjectNode meta) {
        meta.put("as_of", page.asOf().toString());
        meta.put("complete", page.leftOut().isEmpty());
        page.leftOut().ifPresent(last -> covers(last, meta));
        tell(page.pruned(), meta);
    }

    /** {@code covers}: all that was recorded after this event, and nothing before. */
    public static void covers(Head last, ObjectNode meta) {
        ObjectNode ignored = after(last, meta.putObject(COVERS));
    }

    /** {@code pruned_before} where something is gone. */
    public static void tell(Pruning.Extent pruned, ObjectNode meta) {
        if (pruned.events() > 0) {
            after(pruned.through(), meta.putObject(PRUNED_BEFORE))
                    .put(EVENTS, pruned.events())
                    .put(FIRST_SEQ, pruned.firstSeq());
        }
    }

    private static ObjectNode after(Head last, ObjectNode json) {
        return json.put(AFTER_SEQ, last.seq())
                .put(AFTER_POSITION, last.position().toString())
                .put(RECORDED_AFTER, recordedAt(last));
    }

    /** What the page does not cover, in words; empty where that is nothing. */
    public static Optional<String> note(EventPage page) {
        return page.leftOut()
                .map(last -> "covers events after number " + last.seq() + ", recorded after " + recordedAt(last)
                        + ": older ones are not in the index any more; find them by session, by id or in commit order");
    }

    /** What is gone, in words; empty where that is nothing. */
    public static Optional<String> gone(Pruning.Extent pruned) {
        return Optional.of(pruned)
                .filter(extent -> extent.events() > 0)
                .map(extent -> extent.events() + (extent.events() == 1 ? " event that was" : " events that were")
                        + " recorded up to " + recordedAt(extent.through()) + " (number "
                        + extent.through().seq() + ") " + (extent.events() == 1 ? "has" : "have")
                        + " been pruned; everything after it is there");
    }

    private static String recordedAt(Head last) {
        return Times.format(Instant.ofEpochMilli(last.position().millis()));
    }

    /** The last event that a page leaves out, as {@link #tell} has told it. */
    public static Optional<Head> leftOut(JsonNode meta) {
        return Optional.of(meta.path(COVERS)).filter(JsonNode::isObject).map(PageJson::after);
    }

    /** What is gone, as {@link #tell} has told it. */
    public static Pruning.Extent pruned(JsonNode meta) {
        return Optional.of(meta.path(PRUNED_BEFORE))
                .filter(JsonNode::isObject)
                .map(json -> new Pruning.Extent(
                        after(json),
                        json.required(EVENTS).longValue(),
                        json.required(FIRST_SEQ).longValue()))
                .orElse(Pruning.Extent.NONE);
    }

    private static Head after(JsonNode json) {
        return new Head(
                json.required(AFTER_SEQ).longValue(),
                Position.of(json.required(AFTER_POSITION).stringValue()));
    }
}
