// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import io.contextgraph.event.Page;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.epoch.Bookmarks;
import io.contextgraph.wire.SummaryJson;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sessions}: the directory. */
@CommandLine.Command(name = "sessions", description = "Lists sessions, newest first.")
final class SessionsCommand extends Command {
    @Option(names = "--limit", paramLabel = "N", description = "Most sessions, 1 to 1000 (default: ${DEFAULT-VALUE}).")
    private int limit = 50;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "Goes on where the last page ended.")
    private @Nullable String cursor;

    @Option(names = "--json", description = "Prints JSON, as GET /v1/sessions answers.")
    private boolean json;

    SessionsCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            Bookmarks bookmarks = new Bookmarks(workspace.ledger());
            Optional<Cursor> from = Optional.ofNullable(cursor).map(Cursor::new);
            bookmarks.require(from);
            Page<SessionSummary> found = workspace.ledger().sessions().list(limit, from.map(Bookmarks::opened));
            Page<SessionSummary> page = new Page<>(found.items(), bookmarks.stamp(found.next()));
            if (json) {
                printJson(toJson(page));
            } else {
                print(page);
            }
        }
        return ExitCode.OK;
    }

    private void print(Page<SessionSummary> page) {
        Table table = new Table("SESSION", "EVENTS", "FIRST", "LAST", "STATUS", "AGENTS");
        for (SessionSummary session : page.items()) {
            table.add(
                    session.id(),
                    session.eventCount(),
                    Times.format(session.firstEventAt()),
                    Times.format(session.lastEventAt()),
                    session.status().map(EventStatus::wireName).orElse("-"),
                    String.join(", ", session.agents()));
        }
        table.print(console());
        long pruned = page.items().stream()
                .filter(session -> session.prunedCount() > 0)
                .count();
        if (pruned > 0) {
            console().note("events have been pruned of sessions: " + pruned + "; contextgraph session tells how many");
        }
        page.next().ifPresent(next -> console().note("more: add --cursor " + next.text()));
    }

    private static ObjectNode toJson(Page<SessionSummary> page) {
        ObjectNode answer = Json.MAPPER.createObjectNode();
        ArrayNode sessions = answer.putArray("sessions");
        page.items().forEach(session -> sessions.add(SummaryJson.of(session)));
        EventJson.pagination(answer, page.next());
        return answer;
    }
}
