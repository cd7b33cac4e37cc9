// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.Decay;
import io.contextgraph.graph.EventNode;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.Subgraph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.neo4j.driver.Record;
import org.neo4j.driver.SimpleQueryRunner;
import org.neo4j.driver.Value;

/** The pages that readers ask for, at a cost that depends on the page and not on the graph. */
final class GraphPages {
    private static final Comparator<GraphEdge> ON_PAGE =
            Comparator.comparing(GraphEdge::type, Comparator.reverseOrder()).thenComparing(GraphEdge::target);

    private final SimpleQueryRunner tx;

    GraphPages(SimpleQueryRunner tx) {
        this.tx = tx;
    }

    Subgraph lineage(LineageQuery query) {
        Optional<LineageQuery.Place> after = query.after();
        Relatives relatives = Relatives.of(tx, query);
        if (relatives.start().isEmpty()) {
            return Subgraph.EMPTY;
        }
        LineagePageWalk walk = new LineagePageWalk(tx, query, after, relatives);
        List<LineageQuery.Place> places = walk.run(relatives.start().get().place());
        boolean more = places.size() > query.maxNodes();
        List<LineageQuery.Place> page = more ? places.subList(0, query.maxNodes()) : places;
        List<EventId> unread =
                relatives.unknown(page.stream().map(LineageQuery.Place::id).toList());
        if (!unread.isEmpty()) {
            nodes(unread).forEach(relatives::add);
        }
        List<EventNode> found = new ArrayList<>();
        for (LineageQuery.Place place : page) {
            relatives
                    .node(place.id())
                    .ifPresent(node ->
                            found.add(new EventNode(node.id(), node.event(), place.depth(), 0, node.archived())));
        }
        return new Subgraph(
                found,
                edgesAmong(found, relatives::node),
                more ? Optional.of(query.cursorAfter(page.getLast())) : Optional.empty(),
                walk.truncated());
    }

    Subgraph context(ContextQuery query) {
        Optional<ContextQuery.Place> after = query.after();
        int wanted = query.maxNodes() + 1;
        List<Node> nodes = new ArrayList<>();
        long rank = Long.MAX_VALUE;
        if (after.isPresent()) {
            rank = after.get().rank();
            nodes.addAll(
                    ranked(Statements.CONTEXT_OF_RANK, query, rank, after.get().seq(), wanted));
        }
        if (nodes.size() < wanted) {
            nodes.addAll(ranked(Statements.CONTEXT_BELOW_RANK, query, rank, 0, wanted - nodes.size()));
        }
        boolean more = nodes.size() == wanted;
        List<EventNode> page = new ArrayList<>();
        Map<EventId, Node> byId = new HashMap<>();
        for (Node node : more ? nodes.subList(0, query.maxNodes()) : nodes) {
            byId.put(node.id(), node);
            page.add(new EventNode(
                    node.id(), node.event(), 0, Decay.score(node.rank(), query.scoredAt()), node.archived()));
        }
        Node last = more ? nodes.get(query.maxNodes() - 1) : null;
        return new Subgraph(
                page,
                edgesAmong(page, id -> Optional.ofNullable(byId.get(id))),
                last == null ? Optional.empty() : Optional.of(query.cursorAfter(last.rank(), last.seq())),
                false);
    }

    private List<Node> ranked(String statement, ContextQuery query, long rank, long seq, int limit) {
        return tx.run(
                        statement,
                        Map.<String, Object>of(
                                "session", query.session().value(), "rank", rank, "seq", seq, "limit", limit))
                .list(Node::of);
    }

    private List<Node> nodes(List<EventId> ids) {
        return tx.run(
                        Statements.NODES,
                        GraphTransaction.lists(
                                "ids", ids.stream().map(EventId::toString).toList()))
                .list(Node::of);
    }

    private static List<GraphEdge> edgesAmong(List<EventNode> page, Function<EventId, Optional<Node>> nodes) {
        Set<String> ends = new HashSet<>();
        page.forEach(node -> ends.add(node.id().toString()));
        List<GraphEdge> edges = new ArrayList<>();
        for (EventNode node : page) {
            nodes.apply(node.id()).stream()
                    .flatMap(source -> source.edges().stream())
                    .filter(edge -> ends.contains(edge.target()))
                    .sorted(ON_PAGE)
                    .forEach(edges::add);
        }
        return edges;
    }

    /** A node as read, with the edges that begin at it. */
    record Node(EventId id, Map<String, Object> properties, List<GraphEdge> edges) {
        static Node of(Record row) {
            Map<String, Object> properties = row.get("node").asMap(Value::asObject);
            String id = String.valueOf(properties.get(EventFields.EVENT_ID));
            return new Node(
                    EventId.of(id),
                    properties,
                    row.get("edges")
                            .asList(edge -> new GraphEdge(
                                    id,
                                    text(edge.get(1)),
                                    edge.get(0).asString(),
                                    edge.get(2).asMap(Value::asObject))));
        }

        /** Whether the node has the id of an event; one that has not is a stray. */
        static boolean isNamed(Record row) {
            String id = text(row.get("node").get(EventFields.EVENT_ID));
            return EventId.parse(id).map(EventId::toString).filter(id::equals).isPresent();
        }

        private Optional<RecordedEvent> event() {
            return properties.containsKey(EventFields.SEQ)
                    ? Optional.of(EventProperties.read(properties))
                    : Optional.empty();
        }

        private Optional<String> archived() {
            return EventProperties.archived(properties);
        }

        /** Where it stands, at no depth. */
        LineageQuery.Place place() {
            return new LineageQuery.Place(0, number(EventFields.OCCURRED_AT_EPOCH_MS), seq(), id);
        }

        private long rank() {
            return number(EventProperties.DECAY_RANK);
        }

        private long seq() {
            return number(EventFields.SEQ);
        }

        private long number(String name) {
            return properties.get(name) instanceof Long number ? number : Long.MAX_VALUE;
        }
    }

    /** An id, whatever somebody has made of it. */
    static String text(Value id) {
        return id.isNull() ? "" : String.valueOf(id.asObject());
    }
}
