// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.EventNode;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.epoch.Bookmarks;
import io.contextgraph.wire.NodeJson;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Questions to the graph. */
final class GraphRoutes implements RouteGroup {
    private static final int DEFAULT_NODES = 100;
    private static final int MAX_CONTEXT_DEPTH = 10;
    private static final int DEFAULT_CONTEXT_DEPTH = 3;
    private static final int DEFAULT_LINEAGE_DEPTH = 10;
    private static final List<String> INTENTS =
            List.of("why", "when", "what", "related", "general", "who_is", "how_does", "personalize");

    /** Behind a cursor there was something: what the graph has done with it meanwhile, no page may bring. */
    private static final Subgraph NOTHING_LEFT = new Subgraph(List.of(), List.of(), Optional.empty(), true);

    private final HttpPorts ports;

    GraphRoutes(HttpPorts ports) {
        this.ports = ports;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/context/{session_id}", Role.READ, this::context),
                Route.get("/v1/nodes/{node_id}/lineage", Role.READ, this::lineage));
    }

    private Answer context(Call call) {
        Parameters parameters =
                call.parameters("max_nodes", "max_depth", "query", "cursor", "min_position", "timeout_ms");
        // Accepted, as the contract has it; a context is the events of a session, whatever their depth.
        int ignored = parameters.integer("max_depth", 1, MAX_CONTEXT_DEPTH, DEFAULT_CONTEXT_DEPTH);
        int maxNodes = maxNodes(parameters, ContextQuery.MAX_NODES);
        parameters
                .text("query")
                .ifPresent(q -> parameters.fault(
                        "query",
                        "not_supported",
                        "cannot be used yet: this version ranks by decay and importance alone"));
        Freshness wait = Freshness.of(parameters);
        Optional<Cursor> cursor = parameters.cursor();
        parameters.check();
        ports.bookmarks().require(cursor);
        Instant now = ports.clock().instant();
        EventFeed.Progress progress = wait.await(ports.lag());
        ContextQuery query = new ContextQuery(
                call.sessionId("session_id"), maxNodes, now, wait.left(), cursor.map(Bookmarks::opened));
        Subgraph graph = stamped(ports.graph().context(query));
        Atlas atlas = new Atlas(graph, progress, NodeJson.of(graph, query.scoredAt(), ports.ledger()));
        return Answer.json(200, atlas.toJson(Atlas.Meta.context(maxNodes, call.elapsedMillis())));
    }

    private Answer lineage(Call call) {
        Parameters parameters = call.parameters(
                "direction", "max_depth", "max_nodes", "intent", "cursor", "min_position", "timeout_ms");
        String direction = parameters.choice("direction", List.of("ancestors", "descendants", "both"), "ancestors");
        int maxDepth = parameters.integer("max_depth", 1, LineageQuery.MAX_DEPTH, DEFAULT_LINEAGE_DEPTH);
        int maxNodes = maxNodes(parameters, LineageQuery.MAX_NODES);
        // Accepted, as the contract has it, and without effect.
        String ignored = parameters.choice("intent", INTENTS, "");
        Freshness wait = Freshness.of(parameters);
        Optional<Cursor> cursor = parameters.cursor();
        parameters.check();
        EventId start = call.eventId("node_id");
        ports.bookmarks().require(cursor);
        EventFeed.Progress progress = wait.await(ports.lag());
        Subgraph graph = ports.graph()
                .lineage(new LineageQuery(
                        start, direction(direction), maxDepth, maxNodes, wait.left(), cursor.map(Bookmarks::opened)));
        if (graph.nodes().isEmpty()) {
            graph = cursor.isPresent() ? NOTHING_LEFT : startAlone(start);
        }
        Atlas atlas = new Atlas(
                stamped(graph), progress, NodeJson.of(graph, ports.clock().instant(), ports.ledger()));
        return Answer.json(200, atlas.toJson(Atlas.Meta.lineage(start, maxNodes, maxDepth, call.elapsedMillis())));
    }

    private Subgraph stamped(Subgraph graph) {
        return new Subgraph(graph.nodes(), graph.edges(), ports.bookmarks().stamp(graph.next()), graph.truncated());
    }

    /** The graph does not have the event yet: it comes back all the same, and the answer says that more will follow. */
    private Subgraph startAlone(EventId start) {
        RecordedEvent event = KnownEvent.require(ports.ledger(), start);
        return new Subgraph(List.of(new EventNode(start, Optional.of(event), 0, 0)), List.of(), Optional.empty(), true);
    }

    private static LineageQuery.Direction direction(String name) {
        return switch (name) {
            case "descendants" -> LineageQuery.Direction.DESCENDANTS;
            case "both" -> LineageQuery.Direction.BOTH;
            default -> LineageQuery.Direction.ANCESTORS;
        };
    }

    private static int maxNodes(Parameters parameters, int max) {
        return parameters.integer("max_nodes", 1, max, DEFAULT_NODES);
    }
}
