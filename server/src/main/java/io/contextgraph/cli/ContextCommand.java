// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.EventText;
import io.contextgraph.cli.console.Excerpts;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.EventNode;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.view.CallResults;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code context}: what matters most in a session now. */
@CommandLine.Command(name = "context", description = "Ranks a session's events by how much they matter now.")
final class ContextCommand extends Command {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private String id = "";

    @Option(names = "--max-nodes", paramLabel = "N", description = "Most events, 1 to 500 (default: ${DEFAULT-VALUE}).")
    private int maxNodes = 20;

    @Option(names = "--at", paramLabel = "TIME", description = "Ranks as of this time (RFC 3339; default: now).")
    private @Nullable String at;

    @Option(names = "--all", description = "Shows results of calls as lines of their own.")
    private boolean all;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    ContextCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        ContextQuery query = new ContextQuery(new SessionId(id), maxNodes, rankedAt(), TIMEOUT, Optional.empty());
        try (Workspace workspace = openGraph()) {
            Subgraph context = workspace.graph().context(query);
            if (context.nodes().isEmpty()) {
                return notFound("the graph has no session " + Console.safe(id));
            }
            if (json) {
                printJson(toJson(context, query.scoredAt(), workspace));
            } else {
                print(context, workspace, console(), all);
            }
        }
        return ExitCode.OK;
    }

    private Instant rankedAt() {
        if (at == null) {
            return clock().instant();
        }
        return Times.parse(at).orElseThrow(() -> usage("--at must be a time such as 2026-01-31T12:00:00Z: " + at));
    }

    /** Writes a row for each event, best first; what a call was answered later stands with the call unless {@code all}. */
    static void print(Subgraph context, Workspace workspace, Console console, boolean all) {
        Table table = new Table("SCORE", "EVENT", "WHAT", "SAYS");
        List<RecordedEvent> events =
                context.nodes().stream().flatMap(node -> node.event().stream()).toList();
        CallResults results = CallResults.of(events, workspace.ledger().search());
        Excerpts excerpts = Excerpts.of(events, results, workspace.ledger().log());
        for (EventNode node : context.nodes()) {
            Optional<Event> event = node.event().map(RecordedEvent::event).filter(e -> all || !results.isResult(e));
            event.map(results::answered)
                    .ifPresent(e -> table.add(score(node.score()), e.id(), what(e), excerpts.of(e.id())));
        }
        table.print(console);
    }

    /** The status only where it is telling: the line is to have room for what the event says. */
    private static String what(Event event) {
        String what = EventText.what(event);
        return event.status()
                .filter(status -> status != EventStatus.COMPLETED)
                .map(status -> what + " (" + status.wireName() + ")")
                .orElse(what);
    }

    private static String score(double score) {
        return score >= 0.001 || score == 0 ? "%.3f".formatted(score) : "%.0e".formatted(score);
    }

    private static ObjectNode toJson(Subgraph context, Instant scoredAt, Workspace workspace) {
        ObjectNode answer = Json.MAPPER.createObjectNode();
        answer.set("nodes", nodes(context, scoredAt, workspace));
        return answer.put("has_more", context.next().isPresent());
    }
}
