// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.InvalidInputException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Asks for causes and effects.
 *
 * <p><b>Shape.</b> The answer goes by depth, then {@code occurred_at}, then {@code seq}; stubs come last of their depth,
 * by id. {@code BOTH} is what either direction reaches, not what is reached by turning round on the way.
 *
 * @param start where to begin
 * @param direction which way to go
 * @param maxDepth most steps from the start, 1 to {@value #MAX_DEPTH}
 * @param maxNodes most nodes on the page, 1 to {@value #MAX_NODES}
 * @param timeout the store gives up after this
 * @param cursor where the last page ended
 */
public record LineageQuery(
        EventId start, Direction direction, int maxDepth, int maxNodes, Duration timeout, Optional<Cursor> cursor) {
    public static final int MAX_DEPTH = 100;
    public static final int MAX_NODES = 500;

    /**
     * Once a walk has reached more nodes than this, it answers what it has reached and goes no deeper: an effect with a
     * hundred thousand effects of its own is answered whole, page by page, but theirs are not.
     */
    public static final int MAX_EXPANDED = 10_000;

    /** Which way to go along CAUSED_BY. */
    public enum Direction {
        ANCESTORS,
        DESCENDANTS,
        BOTH;

        /** The name on the wire, in lower case. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** All of them. */
        public static List<String> wireNames() {
            return Stream.of(values()).map(Direction::wireName).toList();
        }

        /** Reads the exact wire name; empty for anything else. */
        public static Optional<Direction> parse(String text) {
            return Stream.of(values())
                    .filter(direction -> direction.wireName().equals(text))
                    .findFirst();
        }

        public boolean up() {
            return this != DESCENDANTS;
        }

        public boolean down() {
            return this != ANCESTORS;
        }
    }

    /**
     * A node's place in the answer.
     *
     * @param depth steps from the start
     * @param timeMillis its {@code occurred_at}; {@link Long#MAX_VALUE} for a stub
     * @param seq its number; {@link Long#MAX_VALUE} for a stub
     * @param id the node
     */
    public record Place(int depth, long timeMillis, long seq, EventId id) implements Comparable<Place> {
        private static final Comparator<Place> ORDER = Comparator.comparingInt(Place::depth)
                .thenComparingLong(Place::timeMillis)
                .thenComparingLong(Place::seq)
                .thenComparing(Place::id);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /** @throws InvalidInputException when a bound is out of range */
    public LineageQuery {
        if (maxDepth < 1 || maxDepth > MAX_DEPTH) {
            throw new InvalidInputException(
                    "/max_depth", "out_of_range", "must be from 1 to " + MAX_DEPTH + ": " + maxDepth);
        }
        if (maxNodes < 1 || maxNodes > MAX_NODES) {
            throw new InvalidInputException(
                    "/max_nodes", "out_of_range", "must be from 1 to " + MAX_NODES + ": " + maxNodes);
        }
    }

    /**
     * Where to go on, when there is a cursor.
     *
     * @throws InvalidInputException when the cursor is damaged or belongs to another query
     */
    public Optional<Place> after() {
        return cursor.map(c -> {
            List<String> place = c.open(meaning(), 4);
            try {
                return new Place(
                        Integer.parseInt(place.get(0)),
                        Long.parseLong(place.get(1)),
                        Long.parseLong(place.get(2)),
                        EventId.of(place.get(3)));
            } catch (IllegalArgumentException damaged) {
                throw Cursor.invalid("is damaged");
            }
        });
    }

    /** The cursor of the page after one that ended at {@code last}. */
    public Cursor cursorAfter(Place last) {
        return Cursor.of(
                meaning(),
                List.of(
                        Integer.toString(last.depth()),
                        Long.toString(last.timeMillis()),
                        Long.toString(last.seq()),
                        last.id().toString()));
    }

    /** What decides which nodes come in which order; page size and time allowed do not. */
    private String meaning() {
        return "lineage " + start + " " + direction + " " + maxDepth;
    }
}
