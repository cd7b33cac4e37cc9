// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.event.Position;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.prune.Pruning;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** In place of {@link #COVERS} and {@link #PRUNED_BEFORE} where the ledger has several partitions: one for each. */
    public static final String PARTITIONS_COVER = "partitions_cover";

    public static final String PARTITIONS_PRUNED = "partitions_pruned_before";

    private PageJson() {}

    /**
     * {@code as_of} and {@code complete}; and {@code covers} where something is left out: all that was recorded after that event,
     * and nothing before; and {@code pruned_before} where events have gone for good: how many, and behind which event everything
     * is still there.
     */
    public static void tell(EventPage page, ObjectNode meta) {
        meta.put(
                "as_of",
                Position.text(page.scopes().stream().map(EventPage.Scope::asOf).toList()));
        meta.put("complete", page.isComplete());
        covers(page.scopes().stream().flatMap(scope -> scope.leftOut().stream()).toList(), meta);
        tell(page.scopes().stream().map(EventPage.Scope::pruned).toList(), meta);
    }

    /**
     * {@code covers}: all that was recorded after this event, and nothing before; where the ledger has several partitions, {@code
     * partitions_cover} has one for each that leaves something out.
     */
    public static void covers(List<Head> leftOut, ObjectNode meta) {
        for (Head last : leftOut) {
            ObjectNode ignored = after(
                    last,
                    last.position().partition() == Position.WHOLE
                            ? meta.putObject(COVERS)
                            : meta.withArray(PARTITIONS_COVER).addObject());
        }
    }

    /** The same of what is over these; of several partitions {@code partitions_pruned_before} has one for each that lacks something. */
    public static void tell(List<Pruning.Extent> pruned, ObjectNode meta) {
        if (pruned.size() == 1) {
            tell(pruned.getFirst(), meta);
            return;
        }
        pruned.stream()
                .filter(extent -> extent.events() > 0)
                .forEach(extent ->
                        pruned(extent, meta.withArray(PARTITIONS_PRUNED).addObject()));
    }

    /** {@code pruned_before} where something is gone. */
    public static void tell(Pruning.Extent pruned, ObjectNode meta) {
        if (pruned.events() > 0) {
            pruned(pruned, meta.putObject(PRUNED_BEFORE));
        }
    }

    private static void pruned(Pruning.Extent extent, ObjectNode json) {
        ObjectNode ignored =
                after(extent.through(), json).put(EVENTS, extent.events()).put(FIRST_SEQ, extent.firstSeq());
    }

    private static ObjectNode after(Head last, ObjectNode json) {
        return json.put(AFTER_SEQ, last.seq())
                .put(AFTER_POSITION, last.position().toString())
                .put(RECORDED_AFTER, recordedAt(last));
    }

    /** What the page does not cover and what is gone, in words; nothing where that is nothing. */
    public static List<String> notes(EventPage page) {
        List<String> notes = new ArrayList<>();
        for (EventPage.Scope scope : page.scopes()) {
            note(scope).map(which(scope.asOf())::concat).ifPresent(notes::add);
            notes.addAll(gone(List.of(scope.pruned())));
        }
        return notes;
    }

    /** What is gone of each, in words. */
    public static List<String> gone(List<Pruning.Extent> pruned) {
        return pruned.stream()
                .flatMap(extent -> gone(extent).map(which(extent.through().position())::concat).stream())
                .toList();
    }

    /** Of which partition it is, where there are several. */
    private static String which(Position position) {
        return position.partition() == Position.WHOLE ? "" : "partition " + position.partition() + ": ";
    }

    private static Optional<String> note(EventPage.Scope scope) {
        return scope.leftOut()
                .map(last -> "covers events after number " + last.seq() + ", recorded after " + recordedAt(last)
                        + ": older ones are not in the index any more; find them by session, by id or in commit order");
    }

    private static Optional<String> gone(Pruning.Extent pruned) {
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

    /**
     * What a page is over, as {@link #tell} has told it.
     *
     * @throws IllegalArgumentException or tools.jackson.core.JacksonException when that is not what it says
     */
    public static List<EventPage.Scope> scopes(JsonNode meta) {
        List<Position> asOf = Position.each(meta.required("as_of").stringValue());
        if (asOf.size() == 1) {
            Optional<Head> leftOut =
                    Optional.of(meta.path(COVERS)).filter(JsonNode::isObject).map(PageJson::after);
            Pruning.Extent pruned = Optional.of(meta.path(PRUNED_BEFORE))
                    .filter(JsonNode::isObject)
                    .map(PageJson::pruned)
                    .orElse(Pruning.Extent.NONE);
            return List.of(new EventPage.Scope(asOf.getFirst(), leftOut, pruned));
        }
        Map<Integer, Head> leftOut = new HashMap<>();
        meta.path(PARTITIONS_COVER).forEach(json -> {
            Head last = after(json);
            leftOut.put(last.position().partition(), last);
        });
        Map<Integer, Pruning.Extent> pruned = new HashMap<>();
        meta.path(PARTITIONS_PRUNED).forEach(json -> {
            Pruning.Extent extent = pruned(json);
            pruned.put(extent.through().position().partition(), extent);
        });
        return asOf.stream()
                .map(at -> new EventPage.Scope(
                        at,
                        Optional.ofNullable(leftOut.get(at.partition())),
                        pruned.getOrDefault(at.partition(), Pruning.Extent.NONE)))
                .toList();
    }

    private static Pruning.Extent pruned(JsonNode json) {
        return new Pruning.Extent(
                after(json),
                json.required(EVENTS).longValue(),
                json.required(FIRST_SEQ).longValue());
    }

    private static Head after(JsonNode json) {
        return new Head(
                json.required(AFTER_SEQ).longValue(),
                Position.of(json.required(AFTER_POSITION).stringValue()));
    }
}
