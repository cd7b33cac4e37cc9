// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.epoch;

import io.contextgraph.event.Position;

/** Somebody wants everything behind a position, and some of it has gone from the ledger for good. */
public final class PositionPrunedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Stable name for machines. */
    public static final String CODE = "position_pruned";

    private final transient Position earliest;

    PositionPrunedException(Position from, Position earliest) {
        super("events behind " + from + " have been pruned; everything behind " + earliest + " is there");
        this.earliest = earliest;
    }

    /** The first position behind which nothing is missing. */
    public Position earliest() {
        return earliest;
    }
}
