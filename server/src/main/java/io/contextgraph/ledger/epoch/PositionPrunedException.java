// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.epoch;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.Head;

/** Somebody wants everything behind a position, and some of it has gone from the ledger for good. */
public final class PositionPrunedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Stable name for machines. */
    public static final String CODE = "position_pruned";

    private final transient Head earliest;

    /**
     * @param from behind what everything is wanted
     * @param earliest behind what everything is there
     */
    public PositionPrunedException(Position from, Head earliest) {
        this(
                "events behind " + from + " have been pruned; everything behind " + earliest.position() + " is there",
                earliest);
    }

    /**
     * The same of a number.
     *
     * @param after behind what number everything is wanted
     */
    public PositionPrunedException(long after, Head earliest) {
        this(
                "events behind number " + after + " have been pruned; everything behind number " + earliest.seq()
                        + " is there",
                earliest);
    }

    /** The same with more to say. */
    public PositionPrunedException with(String more) {
        return new PositionPrunedException(getMessage() + more, earliest);
    }

    private PositionPrunedException(String message, Head earliest) {
        super(message);
        this.earliest = earliest;
    }

    /** The first event behind which nothing is missing; itself it is gone. */
    public Head earliest() {
        return earliest;
    }
}
