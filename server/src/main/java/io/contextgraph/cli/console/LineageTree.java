// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.graph.EventNode;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.view.CallResults;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The causes and effects of an event as one tree: from the first cause down to the event, and on to all that it has
 * caused.
 */
public final class LineageTree {
    private static final Comparator<EventNode> BY_TIME = Comparator.comparing((EventNode node) ->
                    node.event().map(e -> e.event().occurredAt()).orElse(Instant.MAX))
            .thenComparing(EventNode::id);

    private final EventId start;
    private final Map<EventId, EventNode> nodes = new LinkedHashMap<>();
    private final Map<EventId, EventId> parents = new HashMap<>();
    private final Map<EventId, List<EventNode>> children = new HashMap<>();

    public LineageTree(EventId start, Subgraph causes, Subgraph effects) {
        this.start = start;
        for (Subgraph part : List.of(causes, effects)) {
            part.nodes().forEach(node -> nodes.put(node.id(), node));
            part.edges().stream()
                    .filter(edge -> edge.type().equals(GraphEdge.CAUSED_BY))
                    .forEach(edge -> parents.put(EventId.of(edge.source()), EventId.of(edge.target())));
        }
        nodes.values().stream().sorted(BY_TIME).forEach(node -> {
            EventId parent = parents.get(node.id());
            if (parent != null) {
                children.computeIfAbsent(parent, p -> new ArrayList<>()).add(node);
            }
        });
    }

    /** A node to print, what stands before it, and what stands before the lines below it. */
    private record Line(EventNode node, String branch, String below) {}

    /**
     * Writes a line for each event; what is folded has none, and what it has caused stands below the nearest cause that
     * has one.
     *
     * @param all whether nothing is folded
     * @return what is folded
     */
    public Folding print(Console console, Ledger ledger, boolean all) {
        List<RecordedEvent> events =
                nodes.values().stream().flatMap(n -> n.event().stream()).toList();
        CallResults results = CallResults.of(events, ledger.search());
        Excerpts excerpts = Excerpts.of(events, results, ledger.log());
        Folding folding = all ? Folding.none() : Folding.of(events, results).except(start);
        Deque<Line> open = new ArrayDeque<>();
        Set<EventId> printed = new HashSet<>();
        open.push(new Line(node(shownRoot(folding)), "", ""));
        while (!open.isEmpty()) {
            Line line = open.pop();
            if (!printed.add(line.node().id())) {
                continue; // Bad data can make an event its own ancestor.
            }
            print(line, results, excerpts, gone(line.node(), ledger.log()), console);
            List<EventNode> below = below(line.node().id(), folding);
            for (int i = below.size() - 1; i >= 0; i--) {
                boolean last = i == below.size() - 1;
                open.push(new Line(
                        below.get(i), line.below() + (last ? "└─ " : "├─ "), line.below() + (last ? "   " : "│  ")));
            }
        }
        return folding;
    }

    /** The effects that have a line, and those of folded ones. */
    private List<EventNode> below(EventId cause, Folding folding) {
        List<EventNode> below = new ArrayList<>();
        Deque<EventNode> open = new ArrayDeque<>(children.getOrDefault(cause, List.of()));
        Set<EventId> seen = new HashSet<>();
        while (!open.isEmpty()) {
            EventNode node = open.pop();
            if (!seen.add(node.id())) {
                continue; // Bad data can make an event its own ancestor.
            }
            if (folding.folds(node.id())) {
                open.addAll(children.getOrDefault(node.id(), List.of()));
            } else {
                below.add(node);
            }
        }
        below.sort(BY_TIME);
        return below;
    }

    private EventNode node(EventId id) {
        return Optional.ofNullable(nodes.get(id)).orElseThrow();
    }

    /** Above the event there is one cause at a time: the first that has a line. */
    private EventId shownRoot(Folding folding) {
        EventId shown = start;
        EventId at = start;
        EventId root = root();
        Set<EventId> seen = new HashSet<>();
        while (!at.equals(root) && seen.add(at)) {
            at = parents.getOrDefault(at, root);
            shown = folding.folds(at) ? shown : at;
        }
        return shown;
    }

    private EventId root() {
        EventId root = start;
        Set<EventId> seen = new HashSet<>();
        while (seen.add(root)) {
            EventId parent = parents.get(root);
            if (parent == null || !nodes.containsKey(parent)) {
                return root;
            }
            root = parent;
        }
        return start;
    }

    /** When an event left the ledger, why, and where it is; empty where it has not. */
    private static Optional<String> gone(EventNode node, EventLog log) {
        boolean asked = node.archived().isPresent() || node.event().isEmpty();
        return asked && log.find(node.id()) instanceof Lookup.Gone gone
                ? Optional.of("(gone since " + Times.format(gone.at()) + ": " + Console.safe(gone.why())
                        + (gone.where().isEmpty() ? "" : "; see " + Console.safe(gone.where())) + ")")
                : Optional.empty();
    }

    private void print(Line line, CallResults results, Excerpts excerpts, Optional<String> gone, Console console) {
        String text = line.node()
                .event()
                .map(recorded ->
                        describe(recorded, results, excerpts.of(recorded.event().id()))
                                + gone.map(said -> "  " + said).orElse(""))
                .orElseGet(() -> line.node().id() + "  " + gone.orElse("(not in the ledger yet)"));
        String marker = line.node().id().equals(start) ? "▶ " : "";
        String whole = line.branch() + marker + text;
        console.out().println(console.fit(whole));
    }

    private static String describe(RecordedEvent recorded, CallResults results, String excerpt) {
        Event event = results.answered(recorded.event());
        String says = excerpt.isEmpty() ? "" : "  \"" + excerpt + "\"";
        return EventText.what(event) + "  " + EventText.status(event) + "  " + Console.safe(event.agentId()) + "  @"
                + recorded.position() + says;
    }
}
