// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.InvalidInputException;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks for causes and effects.
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

    /** Which way to go along CAUSED_BY. */
    public enum Direction {
        ANCESTORS,
        DESCENDANTS,
        BOTH
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
}
