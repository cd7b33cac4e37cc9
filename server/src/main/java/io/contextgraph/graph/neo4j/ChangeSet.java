// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.Digest;
import io.contextgraph.graph.EntityId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The changes of one transaction, each once and sorted: writers that take locks in the same order never deadlock. */
final class ChangeSet {
    /** Properties of the events to put, by id. */
    final SortedMap<String, Map<String, Object>> events = new TreeMap<>();

    /** The chains that those events join, by session. */
    final SortedMap<String, SessionChain> chains = new TreeMap<>();

    /** Parents by child. */
    final SortedMap<String, SortedSet<String>> causes = new TreeMap<>();

    /** Entities by event. */
    final SortedMap<String, SortedSet<EntityId>> references = new TreeMap<>();

    /** Summaries, in the order in which they came. */
    final List<GraphChange.Summarize> summaries = new ArrayList<>();

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
                case GraphChange.Summarize summarize -> summaries.add(summarize);
            }
        }
    }

    private void put(RecordedEvent recorded) {
        String id = recorded.event().id().toString();
        Map<String, Object> first = events.put(id, EventProperties.of(recorded));
        if (first != null) {
            RecordedEvent event = EventProperties.read(first);
            if (event.position().isOfAnotherPartition(recorded.position())) {
                throw GraphException.doubleId(event.event().sessionId(), event.position(), recorded);
            }
        }
        chains.computeIfAbsent(recorded.event().sessionId().value(), SessionChain::new)
                .add(new SessionChain.Link(id, recorded.event().occurredAt().toEpochMilli(), recorded.seq()));
    }

    /**
     * A row for each event that the transaction touches, in the order in which all writers lock them.
     *
     * @param alsoTouched events of the chains whose edges change
     */
    List<Map<String, Object>> rows(Collection<String> alsoTouched) {
        SortedSet<String> sources = new TreeSet<>(causes.keySet());
        sources.addAll(references.keySet());
        SortedSet<String> touched = new TreeSet<>(alsoTouched);
        touched.addAll(sources);
        touched.addAll(events.keySet());
        causes.values().forEach(parents -> touched.addAll(parents));
        List<Map<String, Object>> rows = new ArrayList<>(touched.size());
        for (String id : touched) {
            Map<String, Object> put = events.get(id);
            rows.add(Map.of(
                    "id",
                    id,
                    "put",
                    put == null ? Map.of(EventProperties.KEY, Digest.key(id)) : put,
                    "arrived",
                    put == null ? List.of() : List.of(true),
                    "source",
                    sources.contains(id)));
        }
        return rows;
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
