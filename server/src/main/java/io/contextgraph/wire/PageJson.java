// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.event.Position;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.Head;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a page of events says of itself besides its events. */
public final class PageJson {
    public static final String COVERS = "covers";
    public static final String AFTER_SEQ = "after_seq";
    public static final String AFTER_POSITION = "after_position";
    public static final String RECORDED_AFTER = "recorded_after";

    private PageJson() {}

    /**
     * {@code as_of} and {@code complete}; and {@code covers} where something is left out: all that was recorded after that event,
     * and nothing before.
     */
    public static void tell(EventPage page, ObjectNode meta) {
        meta.put("as_of", page.asOf().toString());
        meta.put("complete", page.leftOut().isEmpty());
        page.leftOut()
                .ifPresent(last -> meta.putObject(COVERS)
                        .put(AFTER_SEQ, last.seq())
                        .put(AFTER_POSITION, last.position().toString())
                        .put(RECORDED_AFTER, recordedAt(last)));
    }

    /** What the page does not cover, in words; empty where that is nothing. */
    public static Optional<String> note(EventPage page) {
        return page.leftOut()
                .map(last -> "covers events after number " + last.seq() + ", recorded after " + recordedAt(last)
                        + ": older ones are not in the index any more; find them by session, by id or in commit order");
    }

    private static String recordedAt(Head last) {
        return Times.format(Instant.ofEpochMilli(last.position().millis()));
    }

    /** The last event that a page leaves out, as {@link #tell} has told it. */
    public static Optional<Head> leftOut(JsonNode meta) {
        return Optional.of(meta.path(COVERS))
                .filter(JsonNode::isObject)
                .map(covers -> new Head(
                        covers.required(AFTER_SEQ).longValue(),
                        Position.of(covers.required(AFTER_POSITION).stringValue())));
    }
}
