// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.EntityId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphChange;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The changes of one transaction, each once and sorted: writers that take locks in the same order seldom meet in a
 * deadlock.
 */
final class ChangeSet {
    /** Properties of the events to put, by id. */
    final SortedMap<String, Map<String, Object>> events = new TreeMap<>();

    /** The chains that those events join, by session. */
    final SortedMap<String, SessionChain> chains = new TreeMap<>();

    /** Parents by child. */
    final SortedMap<String, SortedSet<String>> causes = new TreeMap<>();

    /** Entities by event. */
    final SortedMap<String, SortedSet<EntityId>> references = new TreeMap<>();

    ChangeSet(Collection<GraphChange> changes) {
        for (GraphChange change : changes) {
            switch (change) {
                case GraphChange.PutEvent put -> put(put.event());
                case GraphChange.Cause cause ->
                    causes.computeIfAbsent(cause.child().toString(), c -> new TreeSet<>())
                            .add(cause.parent().toString());
                case GraphChange.Reference reference ->
                    references
                            .computeIfAbsent(reference.event().toString(), e -> new TreeSet<>())
                            .add(reference.entity());
            }
        }
    }

    private void put(RecordedEvent recorded) {
        String id = recorded.event().id().toString();
        events.put(id, EventProperties.of(recorded));
        chains.computeIfAbsent(recorded.event().sessionId().value(), SessionChain::new)
                .add(new SessionChain.Link(id, recorded.event().occurredAt().toEpochMilli(), recorded.seq()));
    }

    /** Events that edges begin at and that are not put themselves. */
    List<String> bareSources() {
        SortedSet<String> sources = new TreeSet<>(causes.keySet());
        sources.addAll(references.keySet());
        sources.removeAll(events.keySet());
        return List.copyOf(sources);
    }

    /** Leaves out edges that are there already. */
    void forget(String event, Collection<String> parents, Collection<String> entities) {
        if (causes.containsKey(event)) {
            causes.get(event).removeAll(parents);
        }
        if (references.containsKey(event)) {
            references.get(event).removeIf(entity -> entities.contains(entity.toString()));
        }
    }
}
