// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.Projection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Projects events that may be in the graph already, in batches; those that the graph refuses are left out, named, and not
 * tried again.
 */
final class Projector {
    /** Most events in one transaction. */
    static final int BATCH = 500;

    /** Beyond them an event that was refused may be tried again. */
    private static final int REMEMBERED = 10_000;

    private static final int NAMED = 100;

    private final GraphSink sink;
    private final Set<EventId> refused = new LinkedHashSet<>();
    private long projected;

    Projector(GraphSink sink) {
        this.sink = sink;
    }

    /** How many events went into the graph. */
    long projected() {
        return projected;
    }

    /** Those that the graph refused, the first {@value #NAMED}. */
    List<EventId> refused() {
        return refused.stream().limit(NAMED).toList();
    }

    void project(List<RecordedEvent> events) {
        List<RecordedEvent> taken = events.stream()
                .filter(event -> !refused.contains(event.event().id()))
                .toList();
        for (int from = 0; from < taken.size(); from += BATCH) {
            batch(taken.subList(from, Math.min(taken.size(), from + BATCH)));
        }
    }

    private void batch(List<RecordedEvent> events) {
        try {
            sink.apply(Projection.project(events));
            projected += events.size();
        } catch (GraphException failure) {
            if (failure.reason() == GraphException.Reason.UNAVAILABLE) {
                throw failure;
            }
            if (events.size() > 1) {
                batch(events.subList(0, events.size() / 2));
                batch(events.subList(events.size() / 2, events.size()));
            } else if (failure.reason().retryable()) {
                throw failure;
            } else if (refused.size() < REMEMBERED) {
                refused.add(events.getFirst().event().id());
            }
        }
    }
}
