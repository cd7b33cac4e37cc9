// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.Digest;
import io.contextgraph.graph.EntityId;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.GraphStats;
import io.contextgraph.graph.WholeGraph;
import io.contextgraph.graph.memory.InMemoryGraph;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The worker on the reference graph. */
final class InMemoryProjectionTest extends ProjectionContract {
    private InMemoryGraph graph = new InMemoryGraph();

    @Override
    protected int rounds() {
        return 300;
    }

    @Override
    protected Target emptyGraph() {
        graph = new InMemoryGraph();
        return new Target(graph, graph);
    }

    @Override
    protected void assertWhole(List<RecordedEvent> events, String description) {
        List<String> expected = WholeGraph.of(events);
        assertThat(lines()).as(description).isEqualTo(expected);
        assertThat(graph.stats())
                .as(description)
                .isEqualTo(new GraphStats(
                        count(expected, "node [Event] "),
                        count(expected, "node [Event, Stub] "),
                        count(expected, "node [Session] "),
                        count(expected, "node [Entity] "),
                        count(expected, " FOLLOWS {"),
                        count(expected, " CAUSED_BY {"),
                        count(expected, " REFERENCES {")));
    }

    private static long count(List<String> lines, String part) {
        return lines.stream().filter(line -> line.contains(part)).count();
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        Set<EventId> here = new HashSet<>();
        Set<String> parents = new TreeSet<>();
        Set<String> entities = new TreeSet<>();
        for (SessionId session : graph.sessions(Optional.empty(), 1000)) {
            lines.add(WholeGraph.node(Set.of("Session"), Map.of("session_id", session.value())));
            GraphSnapshot snapshot = GraphSnapshot.of(graph, session);
            here.addAll(snapshot.events().keySet());
            snapshot.events().values().forEach(node -> lines.add(WholeGraph.node(Set.of("Event"), node)));
            for (GraphEdge edge : snapshot.edges()) {
                lines.add(WholeGraph.edge(edge.source(), edge.target(), edge.type(), edge.properties()));
                switch (edge.type()) {
                    case "CAUSED_BY" -> parents.add(edge.target());
                    case "REFERENCES" -> entities.add(edge.target());
                    default -> {
                        // FOLLOWS leads to an event of the session.
                    }
                }
            }
        }
        parents.removeIf(id -> here.contains(EventId.of(id)));
        parents.forEach(id ->
                lines.add(WholeGraph.node(Set.of("Event", "Stub"), Map.of("event_id", id, "key", Digest.key(id)))));
        entities.forEach(id -> {
            EntityId entity = EntityId.parse(id).orElseThrow();
            lines.add(WholeGraph.node(
                    Set.of("Entity"),
                    Map.of(
                            "entity_id",
                            id,
                            "kind",
                            entity.kind().wireName(),
                            "name",
                            entity.name(),
                            "key",
                            Digest.key(id))));
        });
        return lines.stream().sorted().toList();
    }
}
