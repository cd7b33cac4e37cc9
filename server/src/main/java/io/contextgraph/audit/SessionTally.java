// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.Digest;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.SessionDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what the events of one session must be in the graph, without keeping them.
 *
 * <p>Whom an event follows depends on the order of time, in which events need not come: the last few are kept and put into
 * order. One that is later than that leaves the sum unknown.
 */
final class SessionTally {
    /** How many events a late one may come after those that it precedes. */
    static final int WINDOW = 16;

    /** An event's place in its session. */
    private record Link(long millis, long seq, long key) {
        boolean isBefore(Link other) {
            return millis < other.millis || (millis == other.millis && seq < other.seq);
        }
    }

    private final List<Link> window = new ArrayList<>(1);
    private long events;
    private long nodes;
    private long edges;
    private long links;
    private @Nullable Link last;
    private boolean late;

    void add(RecordedEvent event) {
        for (GraphChange change : Projection.project(event)) {
            switch (change) {
                case GraphChange.PutEvent put -> put(put.event());
                case GraphChange.Cause cause -> edge(key(cause.child()), key(cause.parent()), GraphEdge.CAUSED_BY);
                case GraphChange.Reference reference ->
                    edge(key(reference.event()), key(reference.entity()), GraphEdge.REFERENCES);
            }
        }
    }

    private void put(RecordedEvent event) {
        events++;
        nodes += EventProperties.digest(event);
        Link link = new Link(
                event.event().occurredAt().toEpochMilli(),
                event.seq(),
                key(event.event().id()));
        int at = window.size();
        while (at > 0 && link.isBefore(window.get(at - 1))) {
            at--;
        }
        window.add(at, link);
        if (window.size() > WINDOW) {
            follow(window.removeFirst());
        }
    }

    private void follow(Link link) {
        if (last != null) {
            late |= link.isBefore(last);
            edge(link.key(), last.key(), GraphEdge.FOLLOWS);
        }
        last = link;
    }

    private void edge(long source, long target, String type) {
        edges++;
        links += Digest.edge(source, target, type);
    }

    private static long key(Object id) {
        return Digest.key(id.toString());
    }

    long events() {
        return events;
    }

    /** Ends the adding up; empty when an event came too late for it. */
    Optional<SessionDigest> digest(SessionId session) {
        while (!window.isEmpty()) {
            follow(window.removeFirst());
        }
        return late ? Optional.empty() : Optional.of(new SessionDigest(session, events, nodes, edges, links));
    }
}
