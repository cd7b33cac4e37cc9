// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.LineageQuery.Place;
import io.contextgraph.graph.neo4j.GraphPages.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.neo4j.driver.Record;
import org.neo4j.driver.SimpleQueryRunner;

/**
 * An event and those near it, found by one question: most lineages are answered by it alone.
 *
 * <p><b>Guarantees.</b> Says of an event what causes and effects it has only where it has seen all of them; what it does not
 * know must be asked for.
 *
 * <p><b>Units and bounds.</b> At most {@value #MOST} of either direction, and no more than a page wants.
 */
final class Relatives {
    /** Few enough to be no loss where they are not wanted. */
    private static final int MOST = 40;

    private static final long START = 0;
    private static final long BELOW = 2;

    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, List<Place>> causes = new HashMap<>();
    private final Map<String, List<Place>> effects = new HashMap<>();
    private final Optional<Node> start;

    private Relatives(Optional<Node> start) {
        this.start = start;
    }

    /** Nothing is known. */
    static Relatives none() {
        return new Relatives(Optional.empty());
    }

    /** Asks for those of the query's start. */
    static Relatives of(SimpleQueryRunner tx, LineageQuery query) {
        int steps = Statements.steps(query.maxDepth());
        int most = Math.min(MOST, query.maxNodes() + 1);
        List<Record> rows = tx.run(
                        Statements.relatives(query.direction(), steps),
                        Map.<String, Object>of("id", query.start().toString(), "limit", most))
                .list();
        Optional<Node> start = rows.stream()
                .filter(row -> row.get("side").asLong() == START)
                .map(Node::of)
                .findFirst();
        Relatives relatives = new Relatives(start);
        if (start.isPresent() && rows.stream().allMatch(Node::isNamed)) {
            relatives.take(rows, query.direction(), steps, most);
        }
        return relatives;
    }

    private void take(List<Record> rows, LineageQuery.Direction direction, int steps, int most) {
        List<Node> below = new ArrayList<>();
        long effectsOfStart = 0;
        for (Record row : rows) {
            Node node = Node.of(row);
            add(node);
            if (row.get("side").asLong() == START) {
                effectsOfStart = row.get("effects").asLong();
            } else if (row.get("side").asLong() == BELOW) {
                below.add(node);
            }
        }
        if (direction.up()) {
            nodes.values().forEach(this::learnCauses);
        }
        if (direction.down() && effectsOfStart <= most && below.size() < most) {
            learnEffects(below, steps);
        }
    }

    private void learnCauses(Node node) {
        List<Place> known = new ArrayList<>();
        for (GraphEdge edge : node.edges()) {
            if (edge.type().equals(GraphEdge.CAUSED_BY)) {
                Node cause = nodes.get(edge.target());
                if (cause == null) {
                    return;
                }
                known.add(cause.place());
            }
        }
        causes.put(node.id().toString(), List.copyOf(known));
    }

    /** Those of the last step may have effects that were not looked for. */
    private void learnEffects(List<Node> below, int steps) {
        Map<String, List<Node>> byCause = new HashMap<>();
        for (Node node : below) {
            if (node.properties().get(EventFields.PARENT_EVENT_ID) instanceof String cause
                    && node.properties().containsKey(EventFields.SEQ)) {
                byCause.computeIfAbsent(cause, c -> new ArrayList<>()).add(node);
            }
        }
        Deque<Place> toSee = new ArrayDeque<>();
        start.ifPresent(node -> toSee.add(node.place()));
        while (!toSee.isEmpty()) {
            Place seen = toSee.remove();
            String cause = seen.id().toString();
            if (seen.depth() < steps && !effects.containsKey(cause)) {
                List<Place> places = byCause.getOrDefault(cause, List.of()).stream()
                        .map(Node::place)
                        .sorted()
                        .toList();
                effects.put(cause, places);
                places.forEach(
                        place -> toSee.add(new Place(seen.depth() + 1, place.timeMillis(), place.seq(), place.id())));
            }
        }
    }

    /** The event itself, where the graph has it. */
    Optional<Node> start() {
        return start;
    }

    /** What is known of an event. */
    Optional<Node> node(EventId id) {
        return Optional.ofNullable(nodes.get(id.toString()));
    }

    /** Remembers a node that was read for another reason. */
    void add(Node node) {
        nodes.put(node.id().toString(), node);
    }

    /** Those of some events that nothing is known of. */
    List<EventId> unknown(Collection<EventId> ids) {
        return ids.stream().filter(id -> !nodes.containsKey(id.toString())).toList();
    }

    /** All causes of an event, where they are known, at no depth. */
    Optional<List<Place>> causes(String effect) {
        return Optional.ofNullable(causes.get(effect));
    }

    /** All effects of an event in order, where they are known, at no depth. */
    Optional<List<Place>> effects(String cause) {
        return Optional.ofNullable(effects.get(cause));
    }
}
