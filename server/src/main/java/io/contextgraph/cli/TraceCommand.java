// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.LineageTree;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.LineageQuery.Direction;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.wire.EdgeJson;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code trace}: what led to an event, and what it led to. */
@CommandLine.Command(name = "trace", description = "Shows the causes and effects of an event as a tree.")
final class TraceCommand extends Command {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Parameters(paramLabel = "EVENT", description = "The event's id.")
    private String id = "";

    @Option(names = "--max-depth", paramLabel = "N", description = "Most steps each way (default: ${DEFAULT-VALUE}).")
    private int maxDepth = LineageQuery.MAX_DEPTH;

    @Option(names = "--max-nodes", paramLabel = "N", description = "Most events each way (default: ${DEFAULT-VALUE}).")
    private int maxNodes = LineageQuery.MAX_NODES;

    @Option(names = "--all", description = "Shows results of calls and spans of frameworks as lines of their own.")
    private boolean all;

    @Option(names = "--json", description = "Prints JSON: all causes and effects.")
    private boolean json;

    TraceCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        EventId eventId = EventId.parse(id).orElseThrow(() -> usage("not an event id (a UUID): " + id));
        LineageQuery up = query(eventId, Direction.ANCESTORS);
        LineageQuery down = query(eventId, Direction.DESCENDANTS);
        try (Workspace workspace = openGraph()) {
            Subgraph causes = workspace.graph().lineage(up);
            if (causes.nodes().isEmpty()) {
                return notFound("the graph has no event " + eventId);
            }
            Subgraph effects = workspace.graph().lineage(down);
            if (json) {
                ObjectNode answer = Json.MAPPER.createObjectNode();
                answer.set("causes", toJson(causes, workspace));
                answer.set("effects", toJson(effects, workspace));
                printJson(answer);
            } else {
                new LineageTree(eventId, causes, effects)
                        .print(console(), workspace.ledger(), all)
                        .note()
                        .ifPresent(console()::note);
                for (Subgraph part : List.of(causes, effects)) {
                    if (part.truncated() || part.next().isPresent()) {
                        console().note("more: the tree is cut at " + maxDepth + " steps or " + maxNodes + " events");
                    }
                }
            }
        }
        return ExitCode.OK;
    }

    private LineageQuery query(EventId start, Direction direction) {
        return new LineageQuery(start, direction, maxDepth, maxNodes, TIMEOUT, Optional.empty());
    }

    private ObjectNode toJson(Subgraph part, Workspace workspace) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.set("nodes", nodes(part, clock().instant(), workspace));
        ArrayNode edges = json.putArray("edges");
        part.edges().forEach(edge -> edges.add(EdgeJson.of(edge)));
        return json.put("truncated", part.truncated() || part.next().isPresent());
    }
}
