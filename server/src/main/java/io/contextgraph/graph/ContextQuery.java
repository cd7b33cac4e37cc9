// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Asks for the working memory of a session.
 *
 * <p><b>Shape.</b> The answer goes by {@link Decay#rank}, highest first, then by {@code seq}, newest first. That order
 * does not depend on the time of asking, so pages neither miss nor repeat an event that was there at the first page;
 * one that arrives meanwhile comes if its place is still ahead.
 *
 * @param session whose events
 * @param maxNodes most events on the page, 1 to {@value #MAX_NODES}
 * @param now the time against which scores decay; a cursor carries that of the first page
 * @param timeout the store gives up after this
 * @param cursor where the last page ended
 */
public record ContextQuery(SessionId session, int maxNodes, Instant now, Duration timeout, Optional<Cursor> cursor) {
    public static final int MAX_NODES = 500;

    /**
     * Where a page ended.
     *
     * @param rank that of its last event
     * @param seq the number of its last event
     * @param now the time against which the first page was scored
     */
    public record Place(long rank, long seq, Instant now) {}

    /** @throws InvalidInputException when a bound is out of range */
    public ContextQuery {
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
            List<String> place = c.open(meaning(), 3);
            try {
                return new Place(
                        Long.parseLong(place.get(0)),
                        Long.parseLong(place.get(1)),
                        Instant.ofEpochMilli(Long.parseLong(place.get(2))));
            } catch (IllegalArgumentException damaged) {
                throw Cursor.invalid("is damaged");
            }
        });
    }

    /** The cursor of the page after one that ended with an event of this rank and number. */
    public Cursor cursorAfter(long rank, long seq) {
        return Cursor.of(
                meaning(),
                List.of(
                        Long.toString(rank),
                        Long.toString(seq),
                        Long.toString(scoredAt().toEpochMilli())));
    }

    /** The time against which scores decay: that of the first page. */
    public Instant scoredAt() {
        return after().map(Place::now).orElse(now);
    }

    private String meaning() {
        return "context " + session;
    }
}
