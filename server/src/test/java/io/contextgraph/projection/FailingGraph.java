// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.EventId;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphException.Reason;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.memory.InMemoryGraph;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A graph that refuses what it is told to refuse, and remembers what it was asked. */
public final class FailingGraph implements GraphSink {
    final GraphAudit graph;
    private final GraphSink sink;
    public final Set<EventId> poison = new HashSet<>();
    public final List<List<EventId>> attempts = new ArrayList<>();
    boolean away;
    int largest = Integer.MAX_VALUE;
    int prepared;
    int checks;

    public FailingGraph() {
        InMemoryGraph memory = new InMemoryGraph();
        this.graph = memory;
        this.sink = memory;
    }

    /** In front of another one. */
    public FailingGraph(GraphSink sink, GraphAudit graph) {
        this.graph = graph;
        this.sink = sink;
    }

    @Override
    public void prepare() {
        fail();
        prepared++;
    }

    @Override
    public void apply(List<GraphChange> changes) {
        List<EventId> events = new ArrayList<>();
        for (GraphChange change : changes) {
            if (change instanceof GraphChange.PutEvent put) {
                events.add(put.event().event().id());
            }
        }
        attempts.add(events);
        fail();
        if (events.size() > largest) {
            throw new GraphException(Reason.TIMEOUT, "too much at once: " + events.size());
        }
        if (events.stream().anyMatch(poison::contains)) {
            throw new GraphException(Reason.REJECTED, "poison");
        }
        sink.apply(changes);
    }

    @Override
    public boolean takesAgain() {
        fail();
        checks++;
        List<EventId> there = graph.sessions(Optional.empty(), 1).stream()
                .flatMap(session -> GraphSnapshot.of(graph, session).events().keySet().stream())
                .toList();
        if (!there.isEmpty() && poison.containsAll(there)) {
            throw new GraphException(Reason.REJECTED, "poison");
        }
        return !there.isEmpty();
    }

    private void fail() {
        if (away) {
            throw new GraphException(Reason.UNAVAILABLE, "away");
        }
    }
}
