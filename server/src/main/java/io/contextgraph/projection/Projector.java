// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.Projection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Projects events that may be in the graph already, in batches; those that the graph refuses are left out, named, and not
 * tried again. One whose id another partition was first with is left out and not named: comparing names it, and it may be tried
 * again.
 */
public final class Projector {
    /** Most events in one transaction. */
    static final int BATCH = 500;

    /** Beyond them an event that was refused may be tried again. */
    public static final int REMEMBERED = 10_000;

    private static final int NAMED = 100;

    private final GraphSink sink;
    private final Set<EventId> suspects;
    private final Set<EventId> refused = new LinkedHashSet<>();
    private long projected;

    /** @param suspects events that the graph has refused before: each goes alone, and so takes no others with it */
    public Projector(GraphSink sink, Set<EventId> suspects) {
        this.sink = sink;
        this.suspects = Set.copyOf(suspects);
    }

    /** How many events went into the graph. */
    public long projected() {
        return projected;
    }

    /** Those that the graph refused, the first {@value #NAMED}. */
    public List<EventId> refused() {
        return refused.stream().limit(NAMED).toList();
    }

    public void project(List<RecordedEvent> events) {
        List<RecordedEvent> together = new ArrayList<>();
        List<RecordedEvent> alone = new ArrayList<>();
        for (RecordedEvent event : events) {
            EventId id = event.event().id();
            if (!refused.contains(id)) {
                (suspects.contains(id) ? alone : together).add(event);
            }
        }
        for (int from = 0; from < together.size(); from += BATCH) {
            batch(together.subList(from, Math.min(together.size(), from + BATCH)));
        }
        alone.forEach(event -> batch(List.of(event)));
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
            } else if (failure.reason() != GraphException.Reason.DOUBLE_ID && refused.size() < REMEMBERED) {
                refused.add(events.getFirst().event().id());
            }
        }
    }
}
