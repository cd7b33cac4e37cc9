// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.GraphNode;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Removal;
import io.contextgraph.graph.memory.InMemoryGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A part of one session on both sides at one moment.
 *
 * @param known whether the ledger has the session
 * @param before the event that comes before these
 * @param presentBefore the last before them that the graph has
 * @param events those of the ledger, and those that have gone from it and the graph still has, in the order of time
 * @param gone those of them that have gone
 * @param spoilt nodes of events that have gone which do not tell what their events were
 * @param held what the graph has of the events
 * @param foreign what else the graph has there, and the ledger does not have in this session
 * @param elsewhere those of the foreign that the ledger has in another session
 * @param displaced events in whose place the graph has one of another partition; of them those that are the graph's are among
 *     {@code events}
 */
record Stretch(
        SessionId session,
        boolean known,
        Optional<RecordedEvent> before,
        Optional<RecordedEvent> presentBefore,
        List<RecordedEvent> events,
        List<RecordedEvent> gone,
        Set<EventId> spoilt,
        Map<EventId, GraphNode> held,
        List<GraphNode> foreign,
        List<RecordedEvent> elsewhere,
        List<Displaced> displaced) {

    /** Tells every difference by name. */
    void compare(Consumer<Difference> found) {
        Map<EventId, GraphNode> expected = expected();
        Set<EventId> doubles = displaced.stream()
                .filter(one -> one.twice().isPresent())
                .map(one -> one.event().event().id())
                .collect(Collectors.toSet());
        for (RecordedEvent event : events) {
            if (!doubles.contains(event.event().id())) {
                compare(node(expected, event), held.get(event.event().id()), found);
            }
        }
        for (Displaced one : displaced) {
            one.twice()
                    .ifPresent(twice -> found.accept(difference(
                            Difference.Kind.DOUBLE_ID, one.event().event().id(), twice)));
        }
        for (EventId node : spoilt) {
            found.accept(difference(
                    Difference.Kind.ARCHIVED,
                    node,
                    "its event has gone from the ledger, and its node does not tell it"));
        }
        for (GraphNode node : foreign) {
            found.accept(difference(
                    Difference.Kind.FOREIGN_EVENT, node.id(), known ? "not in the ledger" : "its session is unknown"));
            if (known) {
                edges(node.id(), List.of(), node.edges(), found);
            }
        }
    }

    private void compare(GraphNode expected, @Nullable GraphNode actual, Consumer<Difference> found) {
        if (actual == null) {
            found.accept(difference(Difference.Kind.MISSING_EVENT, expected.id(), "not in the graph"));
            edges(expected.id(), expected.edges(), List.of(), found);
        } else {
            properties(expected, actual, found);
            edges(expected.id(), expected.edges(), actual.edges(), found);
        }
    }

    private void properties(GraphNode expected, GraphNode actual, Consumer<Difference> found) {
        Set<String> names = new TreeSet<>(expected.properties().keySet());
        names.addAll(actual.properties().keySet());
        names.removeIf(EventProperties::isBeside);
        for (String name : names) {
            Object wanted = expected.properties().get(name);
            Object is = actual.properties().get(name);
            if (!Objects.equals(wanted, is)) {
                found.accept(difference(
                        Difference.Kind.PROPERTY, expected.id(), name + ": expected " + wanted + ", is " + is));
            }
        }
    }

    private void edges(EventId source, List<GraphEdge> expected, List<GraphEdge> actual, Consumer<Difference> found) {
        Map<GraphEdge, Integer> surplus = new LinkedHashMap<>();
        actual.forEach(edge -> surplus.merge(edge, 1, Integer::sum));
        expected.forEach(edge -> surplus.merge(edge, -1, Integer::sum));
        surplus.forEach((edge, count) -> {
            Difference.Kind kind = count < 0 ? Difference.Kind.MISSING_EDGE : Difference.Kind.FOREIGN_EDGE;
            for (int i = 0; i < Math.abs(count); i++) {
                found.accept(difference(
                        kind, source, edge.type() + " " + new TreeMap<>(edge.properties()) + " to " + edge.target()));
            }
        });
    }

    private Difference difference(Difference.Kind kind, EventId node, String detail) {
        return new Difference(kind, session, node.toString(), detail);
    }

    /**
     * The events to project again, without those that must stay as they are.
     *
     * @param all also where nothing differs
     * @param whole whether those that have gone are as they were: else nobody knows what they must be
     */
    List<RecordedEvent> wrong(boolean all, boolean whole) {
        Map<EventId, GraphNode> expected = expected();
        Set<EventId> kept = kept(whole);
        return events.stream()
                .filter(event -> !kept.contains(event.event().id()))
                .filter(event -> all || differs(expected, event))
                .toList();
    }

    private boolean differs(Map<EventId, GraphNode> expected, RecordedEvent event) {
        Findings found = new Findings(0);
        compare(node(expected, event), held.get(event.event().id()), found::add);
        return !found.none();
    }

    /** Whose nodes stay as they are. */
    private Set<EventId> kept(boolean whole) {
        return whole ? Set.of() : gone.stream().map(event -> event.event().id()).collect(Collectors.toSet());
    }

    /**
     * What must go.
     *
     * @param whole whether those that have gone are as they were: else what is foreign could be one of them
     */
    Removal removal(boolean whole) {
        Map<EventId, RecordedEvent> known = new HashMap<>();
        elsewhere.forEach(event -> known.put(event.event().id(), event));
        List<EventId> going = foreign.stream()
                .filter(node -> whole && !becomes(node, known.get(node.id())))
                .map(GraphNode::id)
                .toList();
        Map<EventId, GraphNode> expected = expected();
        Map<EventId, GraphNode> expectedOfPresent = expectedOfPresent(expected);
        Set<EventId> kept = kept(whole);
        List<GraphEdge> edges = new ArrayList<>();
        Map<EventId, Set<String>> properties = new HashMap<>();
        held.forEach((id, node) -> {
            if (kept.contains(id)) {
                return;
            }
            GraphNode right = Objects.requireNonNull(expected.get(id));
            List<GraphEdge> surplus = without(node.edges(), right.edges());
            // Right as long as other events are not there: goes by itself when they come.
            GraphNode rightNow = Objects.requireNonNull(expectedOfPresent.get(id));
            edges.addAll(without(surplus, without(rightNow.edges(), right.edges())));
            Set<String> names = new HashSet<>(node.properties().keySet());
            names.removeAll(right.properties().keySet());
            names.removeIf(EventProperties::isBeside);
            if (!names.isEmpty()) {
                properties.put(id, names);
            }
        });
        return new Removal(going, edges, properties);
    }

    /** Whether a node becomes that of an event by being projected. */
    private static boolean becomes(GraphNode node, @Nullable RecordedEvent event) {
        return event != null
                && node.position()
                        .filter(position -> position.isOfAnotherPartition(event.position()))
                        .isEmpty();
    }

    /** The last that the ledger, or the graph of what has gone from it, has here. */
    Optional<RecordedEvent> last() {
        return Stream.concat(events.stream(), displaced.stream().map(Displaced::event))
                .max(SessionWalk.IN_TIME);
    }

    /** The nodes at the ends of the edges that must be. */
    Set<String> ends() {
        Set<String> ends = new TreeSet<>();
        expected().values().forEach(node -> node.edges().forEach(edge -> ends.add(edge.target())));
        return ends;
    }

    /** The last of these events that the graph has; else the one before them. */
    Optional<RecordedEvent> lastPresent() {
        return events.reversed().stream()
                .filter(event -> held.containsKey(event.event().id()))
                .findFirst()
                .or(() -> presentBefore);
    }

    private static GraphNode node(Map<EventId, GraphNode> nodes, RecordedEvent event) {
        return Objects.requireNonNull(nodes.get(event.event().id()));
    }

    /** What the events must be. */
    private Map<EventId, GraphNode> expected() {
        return reference(before, events);
    }

    /** What those that are there must be as long as no others are. */
    private Map<EventId, GraphNode> expectedOfPresent(Map<EventId, GraphNode> expected) {
        if (held.size() == events.size() && before.equals(presentBefore)) {
            return expected;
        }
        return reference(
                presentBefore,
                events.stream()
                        .filter(event -> held.containsKey(event.event().id()))
                        .toList());
    }

    private Map<EventId, GraphNode> reference(Optional<RecordedEvent> predecessor, List<RecordedEvent> events) {
        InMemoryGraph reference = new InMemoryGraph();
        predecessor.ifPresent(event -> reference.apply(Projection.project(event)));
        reference.apply(Projection.project(events));
        Map<EventId, GraphNode> nodes = new HashMap<>();
        reference
                .nodes(events.stream().map(event -> event.event().id()).toList())
                .forEach(node -> nodes.put(node.id(), node));
        return nodes;
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
}
