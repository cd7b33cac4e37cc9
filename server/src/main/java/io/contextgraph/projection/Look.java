// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Removal;
import io.contextgraph.graph.SessionDigest;
import io.contextgraph.graph.memory.InMemoryGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One session on both sides at one moment.
 *
 * @param known whether the ledger has it
 * @param ledger its events there
 * @param expected what they must be in the graph
 * @param actual what is in the graph
 * @param digest what the graph adds up
 */
record Look(
        SessionId session,
        boolean known,
        List<RecordedEvent> ledger,
        GraphSnapshot expected,
        GraphSnapshot actual,
        SessionDigest digest) {
    static Look of(SessionId session, List<RecordedEvent> ledger, GraphSnapshot actual, SessionDigest digest) {
        return new Look(session, true, ledger, snapshot(session, ledger), actual, digest);
    }

    /** Of a session that the ledger does not know. */
    static Look foreign(SessionId session, GraphSnapshot actual) {
        return new Look(
                session,
                false,
                List.of(),
                new GraphSnapshot(Map.of(), List.of()),
                actual,
                SessionDigest.empty(session));
    }

    /** Every difference by name. */
    List<Difference> differences() {
        List<Difference> named = new ArrayList<>();
        if (!known) {
            actual.events()
                    .keySet()
                    .forEach(event -> named.add(new Difference(
                            Difference.Kind.FOREIGN_EVENT, session, event.toString(), "its session is unknown")));
            return named;
        }
        SnapshotComparison.compare(session, expected, actual, named::add);
        if (named.isEmpty() && !digest.equals(SessionTally.of(session, ledger))) {
            named.add(new Difference(
                    Difference.Kind.DIGEST,
                    session,
                    session.value(),
                    "its events and edges are right, but not their sum: the session's own node, a label, or the key of a"
                            + " parent, agent or tool"));
        }
        return named;
    }

    /** The events at which something differs; all where only the sum does. */
    List<RecordedEvent> differing(List<Difference> differences) {
        if (differences.stream().anyMatch(difference -> difference.kind() == Difference.Kind.DIGEST)) {
            return ledger;
        }
        Set<String> nodes = differences.stream().map(Difference::node).collect(Collectors.toSet());
        return ledger.stream()
                .filter(event -> nodes.contains(event.event().id().toString()))
                .toList();
    }

    /** Events that the ledger does not have in this session. */
    Set<EventId> foreignEvents() {
        Set<EventId> foreign = new HashSet<>(actual.events().keySet());
        foreign.removeAll(expected.events().keySet());
        return foreign;
    }

    /**
     * What must go.
     *
     * @param gone those of the foreign events that the ledger does not have at all
     */
    Removal removal(Set<EventId> gone) {
        List<GraphEdge> edges = without(actual.edges(), expected.edges());
        // Right as long as other events are not there: goes by itself when they come.
        edges = without(edges, without(expectedOfPresent().edges(), expected.edges()));
        // Those of events that belong elsewhere are looked at there; those of events that go, go with them.
        edges.removeIf(edge -> !expected.events().containsKey(EventId.of(edge.source())));
        Map<EventId, Set<String>> properties = new HashMap<>();
        expected.events().forEach((event, wanted) -> {
            Set<String> names =
                    new HashSet<>(actual.events().getOrDefault(event, Map.of()).keySet());
            names.removeAll(wanted.keySet());
            names.removeIf(EventProperties::isUsage);
            if (!names.isEmpty()) {
                properties.put(event, names);
            }
        });
        return new Removal(List.copyOf(gone), edges, properties);
    }

    /** What the session must be as long as the graph has not more of its events than now. */
    private GraphSnapshot expectedOfPresent() {
        List<RecordedEvent> present = ledger.stream()
                .filter(event -> actual.events().containsKey(event.event().id()))
                .toList();
        return present.size() == ledger.size() ? expected : snapshot(session, present);
    }

    private static GraphSnapshot snapshot(SessionId session, List<RecordedEvent> events) {
        InMemoryGraph reference = new InMemoryGraph();
        reference.apply(Projection.project(events));
        return reference.snapshot(session);
    }

    /** What is in a list more often than in another. */
    private static List<GraphEdge> without(List<GraphEdge> edges, List<GraphEdge> others) {
        Map<GraphEdge, Integer> counts = new HashMap<>();
        others.forEach(edge -> counts.merge(edge, 1, Integer::sum));
        List<GraphEdge> rest = new ArrayList<>();
        for (GraphEdge edge : edges) {
            if (counts.merge(edge, -1, Integer::sum) < 0) {
                rest.add(edge);
            }
        }
        return rest;
    }

    /** The nodes at the ends of the session's edges. */
    Set<String> ends() {
        Set<String> ends = new HashSet<>();
        expected.edges().forEach(edge -> ends.add(edge.target()));
        return ends;
    }
}
