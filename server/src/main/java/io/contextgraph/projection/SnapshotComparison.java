// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.GraphSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Names every difference between two snapshots of a session. */
final class SnapshotComparison {
    private final SessionId session;
    private final Consumer<Difference> found;

    private SnapshotComparison(SessionId session, Consumer<Difference> found) {
        this.session = session;
        this.found = found;
    }

    static void compare(SessionId session, GraphSnapshot expected, GraphSnapshot actual, Consumer<Difference> found) {
        SnapshotComparison comparison = new SnapshotComparison(session, found);
        comparison.events(expected.events(), actual.events());
        comparison.edges(expected, actual);
    }

    private void events(Map<EventId, Map<String, Object>> expected, Map<EventId, Map<String, Object>> actual) {
        Set<EventId> ids = new TreeSet<>(expected.keySet());
        ids.addAll(actual.keySet());
        for (EventId id : ids) {
            Map<String, Object> wanted = expected.get(id);
            Map<String, Object> held = actual.get(id);
            if (held == null) {
                report(Difference.Kind.MISSING_EVENT, id.toString(), "not in the graph");
            } else if (wanted == null) {
                report(Difference.Kind.FOREIGN_EVENT, id.toString(), "not in the ledger");
            } else {
                properties(id, wanted, held);
            }
        }
    }

    private void properties(EventId id, Map<String, Object> expected, Map<String, Object> actual) {
        Set<String> names = new TreeSet<>(expected.keySet());
        names.addAll(actual.keySet());
        names.removeIf(EventProperties::isUsage);
        for (String name : names) {
            if (!Objects.equals(expected.get(name), actual.get(name))) {
                report(
                        Difference.Kind.PROPERTY,
                        id.toString(),
                        name + ": expected " + expected.get(name) + ", is " + actual.get(name));
            }
        }
    }

    private void edges(GraphSnapshot expected, GraphSnapshot actual) {
        Map<GraphEdge, Integer> surplus = new LinkedHashMap<>();
        actual.edges().forEach(edge -> surplus.merge(edge, 1, Integer::sum));
        expected.edges().forEach(edge -> surplus.merge(edge, -1, Integer::sum));
        surplus.forEach((edge, count) -> {
            Difference.Kind kind = count < 0 ? Difference.Kind.MISSING_EDGE : Difference.Kind.FOREIGN_EDGE;
            for (int i = 0; i < Math.abs(count); i++) {
                report(
                        kind,
                        edge.source(),
                        edge.type() + " " + new TreeMap<>(edge.properties()) + " to " + edge.target());
            }
        });
    }

    private void report(Difference.Kind kind, String node, String detail) {
        found.accept(new Difference(kind, session, node, detail));
    }
}
