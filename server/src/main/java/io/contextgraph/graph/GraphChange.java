// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.summary.Summary;
import java.util.List;

/** One thing that must be true of the graph. All of them can be applied again without effect. */
public sealed interface GraphChange {
    /**
     * The event is a node, its session is a node, and FOLLOWS joins it with its neighbours in the session, in the
     * order of {@code occurred_at} and then {@code seq}, whatever arrived before. Fills in a stub that a
     * {@link Cause} has left.
     */
    record PutEvent(RecordedEvent event) implements GraphChange {}

    /**
     * {@code child} is CAUSED_BY {@code parent}; a parent that is not there yet becomes a stub. Comes with the
     * {@link PutEvent} of the child, which names the same parent.
     */
    record Cause(EventId child, EventId parent) implements GraphChange {}

    /** {@code event} REFERENCES {@code entity} in a role: {@code agent} or {@code tool}. */
    record Reference(EventId event, EntityId entity) implements GraphChange {}

    /**
     * {@code summary} is a node and SUMMARIZES those of {@code covered} that are there, which say by {@link
     * EventProperties#ARCHIVED} which segment has them: of several segments the one whose id comes last. One that is
     * not there, or is only a stub, is left out, and does not come to be. All that a summary covers may come in several
     * changes, each with the same summary; counts after whatever else comes in the same call.
     */
    record Summarize(Summary summary, List<EventId> covered) implements GraphChange {
        public Summarize {
            covered = List.copyOf(covered);
        }
    }
}
