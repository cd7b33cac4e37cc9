// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.memory;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.Digest;
import io.contextgraph.graph.DigestPage;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.SessionDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.function.Function;

/** Adds up events, session by session. */
final class DigestWalk {
    private final NavigableMap<SessionId, NavigableSet<RecordedEvent>> sessions;
    private final Function<RecordedEvent, List<GraphEdge>> edgesFrom;

    DigestWalk(
            NavigableMap<SessionId, NavigableSet<RecordedEvent>> sessions,
            Function<RecordedEvent, List<GraphEdge>> edgesFrom) {
        this.sessions = sessions;
        this.edgesFrom = edgesFrom;
    }

    DigestPage page(Optional<DigestPage.Place> after, int max) {
        List<SessionDigest> found = new ArrayList<>();
        NavigableMap<SessionId, NavigableSet<RecordedEvent>> ahead =
                after.map(place -> sessions.tailMap(place.session(), true)).orElse(sessions);
        int left = max;
        for (Map.Entry<SessionId, NavigableSet<RecordedEvent>> session : ahead.entrySet()) {
            List<RecordedEvent> part = session.getValue().stream()
                    .filter(event -> after.map(place -> place.isBefore(event)).orElse(true))
                    .limit(left)
                    .toList();
            if (!part.isEmpty()) {
                found.add(part.stream()
                        .map(this::digest)
                        .reduce(SessionDigest.empty(session.getKey()), SessionDigest::plus));
                left -= part.size();
            }
            if (left == 0) {
                return new DigestPage(found, Optional.of(DigestPage.Place.of(part.getLast())));
            }
        }
        return new DigestPage(found, Optional.empty());
    }

    private SessionDigest digest(RecordedEvent event) {
        List<GraphEdge> edges = edgesFrom.apply(event);
        return new SessionDigest(
                event.event().sessionId(),
                1,
                EventProperties.digest(event),
                edges.size(),
                edges.stream()
                        .mapToLong(
                                edge -> Digest.edge(Digest.key(edge.source()), Digest.key(edge.target()), edge.type()))
                        .sum());
    }
}
