// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.RecordedEvent;

/**
 * Which events that have gone from the ledger the graph keeps only in the summary of their session. It speaks of no others.
 *
 * @param allThrough up to this number all of them; 0: none
 * @param plainThrough up to this number all but those that are {@linkplain #isImportant important}; no less
 */
public record Forgetting(long allThrough, long plainThrough) {
    /** The graph keeps every one. */
    public static final Forgetting NONE = new Forgetting(0, 0);

    /** From this {@code importance_hint} on an event is important. */
    public static final int IMPORTANT = 8;

    public Forgetting {
        if (allThrough < 0 || plainThrough < 0) {
            throw new IllegalArgumentException("numbers must not be below 0: " + allThrough + ", " + plainThrough);
        }
        plainThrough = Math.max(plainThrough, allThrough);
    }

    /** Whether the graph does not keep the event, once it has gone. */
    public boolean covers(RecordedEvent event) {
        return event.seq() <= allThrough || (event.seq() <= plainThrough && !isImportant(event.event()));
    }

    /** Whether an event failed, ran out of time, or was important to whoever sent it: that alone, so that it never changes. */
    public static boolean isImportant(Event event) {
        return event.status()
                        .filter(status -> status == EventStatus.FAILED || status == EventStatus.TIMEOUT)
                        .isPresent()
                || event.importanceHint().orElse(0) >= IMPORTANT;
    }

    /** What either covers. */
    public Forgetting or(Forgetting other) {
        return new Forgetting(Math.max(allThrough, other.allThrough), Math.max(plainThrough, other.plainThrough));
    }
}
