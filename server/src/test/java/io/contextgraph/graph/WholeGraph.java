// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a set of events makes of a graph, written down from the definition and not by way of the projection: a line for
 * each node and each edge, sorted; what is there twice has two lines.
 */
public final class WholeGraph {
    private final List<String> lines = new ArrayList<>();

    /** The lines of these events. */
    public static List<String> of(List<RecordedEvent> events) {
        WholeGraph whole = new WholeGraph();
        Set<EventId> here = new HashSet<>();
        Set<EventId> named = new HashSet<>();
        Map<String, List<RecordedEvent>> sessions = new TreeMap<>();
        for (RecordedEvent recorded : events) {
            Event event = recorded.event();
            here.add(event.id());
            whole.node(List.of("Event"), EventProperties.of(recorded));
            sessions.computeIfAbsent(event.sessionId().value(), s -> new ArrayList<>())
                    .add(recorded);
            event.parentId().ifPresent(parent -> {
                named.add(parent);
                whole.edge(event.id().toString(), "CAUSED_BY", Map.of("mechanism", "direct"), parent.toString());
            });
        }
        named.stream()
                .filter(id -> !here.contains(id))
                .forEach(id -> whole.node(
                        List.of("Event", "Stub"), Map.of("event_id", id.toString(), "key", Digest.key(id.toString()))));
        sessions.forEach(whole::session);
        whole.entities(events);
        return whole.lines.stream().sorted().toList();
    }

    private void session(String session, List<RecordedEvent> events) {
        node(List.of("Session"), Map.of("session_id", session));
        List<RecordedEvent> chain = events.stream()
                .sorted(Comparator.comparing((RecordedEvent e) -> e.event().occurredAt())
                        .thenComparing(RecordedEvent::position))
                .toList();
        for (int i = 1; i < chain.size(); i++) {
            Event later = chain.get(i).event();
            Event earlier = chain.get(i - 1).event();
            long delta =
                    later.occurredAt().toEpochMilli() - earlier.occurredAt().toEpochMilli();
            edge(
                    later.id().toString(),
                    "FOLLOWS",
                    Map.of("session_id", session, "delta_ms", delta),
                    earlier.id().toString());
        }
    }

    private void entities(List<RecordedEvent> events) {
        Set<String> agents = new TreeSet<>();
        Set<String> tools = new TreeSet<>();
        for (RecordedEvent recorded : events) {
            Event event = recorded.event();
            agents.add(event.agentId());
            refer(event, "agent", event.agentId());
            event.toolName().ifPresent(tool -> {
                tools.add(tool);
                refer(event, "tool", tool);
            });
        }
        agents.forEach(name -> entity("agent", name));
        tools.forEach(name -> entity("tool", name));
    }

    private void refer(Event event, String kind, String name) {
        edge(event.id().toString(), "REFERENCES", Map.of("role", kind), kind + ":" + name);
    }

    private void entity(String kind, String name) {
        node(
                List.of("Entity"),
                Map.of(
                        "entity_id",
                        kind + ":" + name,
                        "kind",
                        kind,
                        "name",
                        name,
                        "key",
                        Digest.key(kind + ":" + name)));
    }

    private void node(List<String> labels, Map<String, Object> properties) {
        lines.add(node(new TreeSet<>(labels), properties));
    }

    private void edge(String source, String type, Map<String, Object> properties, String target) {
        lines.add(edge(source, target, type, properties));
    }

    /** The line of a node. */
    public static String node(Set<String> labels, Map<String, Object> properties) {
        return "node " + new TreeSet<>(labels) + " " + new TreeMap<>(properties);
    }

    /** The line of an edge. */
    public static String edge(String source, String target, String type, Map<String, Object> properties) {
        return "edge " + source + " " + type + " " + new TreeMap<>(properties) + " " + target;
    }
}
