// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.LineageTree;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.config.Settings;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Page;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.GraphStats;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.LineageQuery.Direction;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.ledger.SessionSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code demo}: the product on a page. */
@CommandLine.Command(
        name = "demo",
        description = "Starts everything, loads a small sample, shows what the graph knows of it, and keeps serving.")
final class DemoCommand extends Command {
    private static final SessionId SUPPORT = new SessionId("support-4711");
    private static final SessionId RESEARCH = new SessionId("research-heat-pumps");
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int CONTEXT_NODES = 8;

    @Option(names = "--once", description = "Leaves after showing, instead of serving.")
    private boolean once;

    DemoCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Settings ignored = settings();
        Path sample = home().resolve("sample");
        if (!Files.isDirectory(sample)) {
            throw new IOException("the sample is missing: " + sample);
        }
        ServingCommand.Stop stop = new ServingCommand.Stop();
        try (Workspace workspace = open(once ? Workspace.Needs.DEMO_ONCE : Workspace.Needs.DEMO)) {
            ImportCommand.load(List.of(sample), workspace, clock());
            long missing = workspace.catchUp(left -> {});
            if (missing > 0) {
                return failed(
                        ExitCode.UNSETTLED,
                        "graph_behind",
                        "the graph is " + missing
                                + " events behind the ledger, and does not move: another process is given them."
                                + " Stop it, or show what there is with the other commands");
            }
            show(workspace);
            if (once) {
                console().out().println("Go on with:  ./contextgraph serve");
                return ExitCode.OK;
            }
            try (Workspace.Serving serving = workspace.serve()) {
                showAddresses(serving.address().toString());
                return stop.await(serving, console());
            }
        } finally {
            stop.done();
        }
    }

    private void show(Workspace workspace) {
        GraphStats graph = workspace.graph().stats();
        print("");
        print(
                "The ledger holds %d events (%s); the graph made of them has %d agents and tools, %d FOLLOWS and %d CAUSED_BY."
                        .formatted(
                                workspace.ledger().partitions().stream()
                                        .mapToLong(partition ->
                                                partition.order().head().seq())
                                        .sum(),
                                workspace.storage(),
                                graph.entities(),
                                graph.follows(),
                                graph.causes()));
        print("");
        showSessions(workspace);
        failure(workspace).ifPresent(failed -> {
            print("");
            print("What led to the failed call (▶), and what came of it  (./contextgraph trace " + failed + ")");
            print("");
            Subgraph causes = workspace.graph().lineage(query(failed, Direction.ANCESTORS));
            Subgraph effects = workspace.graph().lineage(query(failed, Direction.DESCENDANTS));
            var ignored = new LineageTree(failed, causes, effects).print(console(), workspace.ledger(), false);
        });
        workspace.ledger().sessions().find(RESEARCH).ifPresent(session -> showContext(session, workspace));
        print("");
    }

    /** As it was at the session's end: the sample is old, and everything in it has long decayed. */
    private void showContext(SessionSummary session, Workspace workspace) {
        Instant end = session.lastEventAt();
        print("");
        print("What mattered most when a session ended  (./contextgraph context " + RESEARCH + " --at "
                + Times.format(end) + ")");
        print("");
        ContextQuery context = new ContextQuery(RESEARCH, CONTEXT_NODES, end, TIMEOUT, Optional.empty());
        ContextCommand.print(workspace.graph().context(context), workspace, console(), false);
    }

    private void showSessions(Workspace workspace) {
        Page<SessionSummary> sessions = workspace.ledger().sessions().list(10, Optional.empty());
        Table table = new Table("SESSION", "EVENTS", "AGENTS");
        sessions.items().forEach(s -> table.add(s.id(), s.eventCount(), String.join(", ", s.agents())));
        table.print(console());
    }

    /** The event of the sample whose story is worth telling. */
    private static Optional<EventId> failure(Workspace workspace) {
        EventQuery failedTools = EventQuery.builder()
                .sessionId(SUPPORT)
                .type(new TypeFilter("tool.*"))
                .status(EventStatus.FAILED)
                .limit(1)
                .build();
        return workspace.ledger().search().search(failedTools).events().stream()
                .map(RecordedEvent::event)
                .map(event -> event.id())
                .findFirst();
    }

    private static LineageQuery query(EventId start, Direction direction) {
        return new LineageQuery(
                start, direction, LineageQuery.MAX_DEPTH, LineageQuery.MAX_NODES, TIMEOUT, Optional.empty());
    }

    private void showAddresses(String address) {
        print("Listening on " + address + ", where a browser shows the console; for example:");
        print("  curl " + address + "/v1/sessions");
        print("  curl '" + address + "/v1/events?session_id=" + SUPPORT + "&status=failed'");
        print("  curl '" + address + "/v1/context/" + RESEARCH + "?max_nodes=5'");
        print("  curl " + address + "/openapi.json");
        print("In another terminal:  ./contextgraph sessions   Ctrl-C stops.");
        console().out().flush();
    }

    private void print(String line) {
        console().out().println(line);
    }
}
