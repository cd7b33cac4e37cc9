// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;

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
}
