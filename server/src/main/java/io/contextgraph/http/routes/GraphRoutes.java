// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.EventNode;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.ports.KnownEvent;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.ledger.epoch.Bookmarks;
import io.contextgraph.projection.GraphProgress;
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

    private static final Parameter<Integer> CONTEXT_NODES = maxNodes(ContextQuery.MAX_NODES);
    private static final Parameter<Integer> CONTEXT_DEPTH = Parameter.query(
                    "max_depth",
                    ValueForm.whole(1, MAX_CONTEXT_DEPTH),
                    "Accepted and without effect: a context is the events of its session")
            .otherwise(DEFAULT_CONTEXT_DEPTH);
    private static final Parameter<String> QUERY = Parameter.query(
            "query",
            new ValueForm<>(Schema.text(), (pointer, ignored) -> {
                throw new InvalidInputException(
                        pointer,
                        "not_supported",
                        "cannot be used yet: this version ranks by decay and importance alone");
            }),
            "Not supported yet: answered with 422");

    private static final Parameter<EventId> NODE_ID = Parameter.path("node_id", ValueForm.EVENT_ID, "The event");
    private static final Parameter<LineageQuery.Direction> DIRECTION = Parameter.query(
                    "direction",
                    ValueForm.choice(LineageQuery.Direction.wireNames(), LineageQuery.Direction::parse),
                    "Which way")
            .otherwise(LineageQuery.Direction.ANCESTORS, LineageQuery.Direction::wireName);
    private static final Parameter<Integer> LINEAGE_DEPTH = Parameter.query(
                    "max_depth", ValueForm.whole(1, LineageQuery.MAX_DEPTH), "Most steps")
            .otherwise(DEFAULT_LINEAGE_DEPTH);
    private static final Parameter<Integer> LINEAGE_NODES = maxNodes(LineageQuery.MAX_NODES);
    private static final Parameter<String> INTENT = Parameter.query(
            "intent", ValueForm.choice(INTENTS), "Accepted and without effect: no intent changes an answer yet");

    private static final Parameter<Instant> AT =
            Parameter.query("at", ValueForm.TIME, "The time as of which events are ranked; now by default");
    private static final Parameter<String> INCLUDE = Parameter.query(
            "include", ValueForm.choice(List.of("graph")), "Adds to each node what the graph itself has of its event");

    private static final Declaration CONTEXT = Paging.continued(Declaration.of(
                            "readContext",
                            Topic.GRAPH,
                            "Working memory: the events of a session by decay score",
                            "Pages reach every event of the session exactly once. An unknown session is empty.")
                    .takes(SessionRoutes.SESSION_ID, CONTEXT_NODES, CONTEXT_DEPTH, QUERY, AT, INCLUDE)
                    .takes(Freshness.PARAMETERS))
            .answers(200, "One page", GraphSchemas.ATLAS)
            .refuses(ProblemCode.GRAPH_BEHIND);

    private static final Declaration LINEAGE = Paging.continued(Declaration.of(
                            "readLineage",
                            Topic.GRAPH,
                            "Causes and effects of an event",
                            "Bounded in steps, nodes and time. The start always comes back, also where the graph does not"
                                    + " have it yet.")
                    .takes(NODE_ID, DIRECTION, LINEAGE_DEPTH, LINEAGE_NODES, INTENT, INCLUDE)
                    .takes(Freshness.PARAMETERS))
            .answers(200, "One page, the start first", GraphSchemas.ATLAS)
            .refuses(ProblemCode.EVENT_NOT_FOUND, ProblemCode.EVENT_GONE, ProblemCode.GRAPH_BEHIND);

    /** Behind a cursor there was something: what the graph has done with it meanwhile, no page may bring. */
    private static final Subgraph NOTHING_LEFT = new Subgraph(List.of(), List.of(), Optional.empty(), true);

    private final HttpPorts ports;

    GraphRoutes(HttpPorts ports) {
        this.ports = ports;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/context/{session_id}", Role.READ, CONTEXT, this::context),
                Route.get("/v1/nodes/{node_id}/lineage", Role.READ, LINEAGE, this::lineage));
    }

    private Answer context(Call call) {
        Parameters parameters = call.parameters();
        // Accepted, as the contract has it; a context is the events of a session, whatever their depth.
        parameters.look(CONTEXT_DEPTH);
        int maxNodes = parameters.get(CONTEXT_NODES);
        parameters.look(QUERY);
        Freshness wait = Freshness.of(parameters);
        Atlas.Whole whole = whole(parameters);
        Instant now = parameters.find(AT).orElseGet(ports.clock()::instant);
        Optional<Cursor> cursor = parameters.find(Paging.CURSOR);
        parameters.check();
        ports.bookmarks().require(cursor);
        GraphProgress progress = wait.await(ports.lag());
        ContextQuery query = new ContextQuery(
                call.path(SessionRoutes.SESSION_ID), maxNodes, now, wait.left(), cursor.map(Bookmarks::opened));
        Subgraph graph = stamped(ports.graph().context(query));
        Atlas atlas = new Atlas(graph, progress, NodeJson.of(graph, query.scoredAt(), ports.ledger()), whole);
        return Answer.json(200, atlas.toJson(Atlas.Meta.context(maxNodes, call.elapsedMillis())));
    }

    private Answer lineage(Call call) {
        Parameters parameters = call.parameters();
        LineageQuery.Direction direction = parameters.get(DIRECTION);
        int maxDepth = parameters.get(LINEAGE_DEPTH);
        int maxNodes = parameters.get(LINEAGE_NODES);
        // Accepted, as the contract has it, and without effect.
        parameters.look(INTENT);
        Freshness wait = Freshness.of(parameters);
        Atlas.Whole whole = whole(parameters);
        Optional<Cursor> cursor = parameters.find(Paging.CURSOR);
        parameters.check();
        EventId start = call.path(NODE_ID);
        ports.bookmarks().require(cursor);
        GraphProgress progress = wait.await(ports.lag());
        Subgraph graph = ports.graph()
                .lineage(new LineageQuery(
                        start, direction, maxDepth, maxNodes, wait.left(), cursor.map(Bookmarks::opened)));
        if (graph.nodes().isEmpty()) {
            graph = cursor.isPresent() ? NOTHING_LEFT : startAlone(start);
            whole = whole == Atlas.Whole.YES ? Atlas.Whole.OF_LEDGER : whole;
        }
        List<EventId> forgotten = graph.nodes().stream()
                .filter(node -> node.event().isEmpty() && node.archived().isPresent())
                .map(EventNode::id)
                .toList();
        NodeJson form = NodeJson.of(graph, ports.clock().instant(), ports.ledger())
                .knowing(KnownEvent.summaries(ports.graph(), forgotten));
        Atlas atlas = new Atlas(stamped(graph), progress, form, whole);
        return Answer.json(200, atlas.toJson(Atlas.Meta.lineage(start, maxNodes, maxDepth, call.elapsedMillis())));
    }

    private static Atlas.Whole whole(Parameters parameters) {
        return parameters.find(INCLUDE).isPresent() ? Atlas.Whole.YES : Atlas.Whole.NO;
    }

    private Subgraph stamped(Subgraph graph) {
        return new Subgraph(graph.nodes(), graph.edges(), ports.bookmarks().stamp(graph.next()), graph.truncated());
    }

    /** The graph does not have the event yet: it comes back all the same, and the answer says that more will follow. */
    private Subgraph startAlone(EventId start) {
        RecordedEvent event = KnownEvent.require(ports, start);
        return new Subgraph(
                List.of(new EventNode(start, Optional.of(event), 0, 0, Optional.empty())),
                List.of(),
                Optional.empty(),
                true);
    }

    private static Parameter<Integer> maxNodes(int max) {
        return Parameter.query("max_nodes", ValueForm.whole(1, max), "Most nodes on one page")
                .otherwise(DEFAULT_NODES);
    }
}
