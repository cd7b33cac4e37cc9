// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Asks for the working memory of a session.
 *
 * @param session whose events
 * @param maxNodes most events on the page, 1 to {@value #MAX_NODES}
 * @param now the time against which scores decay; a cursor carries that of the first page
 * @param timeout the store gives up after this
 * @param cursor where the last page ended
 */
public record ContextQuery(SessionId session, int maxNodes, Instant now, Duration timeout, Optional<Cursor> cursor) {
    public static final int MAX_NODES = 500;

    /** @throws InvalidInputException when a bound is out of range */
    public ContextQuery {
        if (maxNodes < 1 || maxNodes > MAX_NODES) {
            throw new InvalidInputException(
                    "/max_nodes", "out_of_range", "must be from 1 to " + MAX_NODES + ": " + maxNodes);
        }
    }
}
