// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.ArchivedText;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.EventText;
import io.contextgraph.cli.console.Excerpts;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Folding;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.view.CallResults;
import io.contextgraph.wire.SessionRemains;
import io.contextgraph.wire.SummaryJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code session}: the timeline of one session. */
@CommandLine.Command(name = "session", description = "Shows a session's events in the order in which they occurred.")
final class SessionCommand extends Command {
    /** Most events whose payloads are in memory together. */
    private static final int PAYLOADS = 100;

    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private String id = "";

    @Option(names = "--all", description = "Shows results of calls and spans of frameworks as lines of their own.")
    private boolean all;

    @Option(names = "--json", description = "Prints JSON: the summary and all events.")
    private boolean json;

    SessionCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        SessionId sessionId = new SessionId(id);
        SessionSummary found;
        Optional<SessionRemains> remains;
        ObjectNode answer = Json.MAPPER.createObjectNode();
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            Optional<SessionSummary> summary = workspace.ledger().sessions().find(sessionId);
            if (summary.isEmpty()) {
                return notFound("the ledger has no session " + Console.safe(id));
            }
            found = summary.get();
            remains = SessionRemains.of(found, workspace.ledger().search(), List::of);
            if (json) {
                answer.setAll(toJson(found, workspace));
            } else {
                print(found, workspace);
            }
        }
        // Only what is gone needs the graph.
        Optional<SessionRemains> told = remains.map(of -> new SessionRemains(
                of.first(), of.last(), fromGraph(graph -> graph.summaries(sessionId, SessionRemains.MAX_SUMMARIES))));
        if (json) {
            told.ifPresent(of -> of.tell(answer));
            printJson(answer);
        } else {
            told.flatMap(SessionRemains::summaries)
                    .ifPresent(all -> all.forEach(one -> console().note(ArchivedText.line(one))));
        }
        return ExitCode.OK;
    }

    private void print(SessionSummary summary, Workspace workspace) {
        console()
                .out()
                .printf(
                        "%s: %d events, %s to %s, agents %s, status %s%n%n",
                        Console.safe(id),
                        summary.eventCount(),
                        Times.format(summary.firstEventAt()),
                        Times.format(summary.lastEventAt()),
                        summary.agents().isEmpty() ? "-" : Console.safe(String.join(", ", summary.agents())),
                        summary.status().map(EventStatus::wireName).orElse("-"));
        List<RecordedEvent> events = new ArrayList<>();
        forEachPage(summary.id(), workspace, page -> events.addAll(page.events()));
        Optional<String> gone = gone(summary, events);
        CallResults results = CallResults.among(events);
        Folding folding = all ? Folding.none() : Folding.of(events, results);
        events.removeIf(recorded -> folding.folds(recorded.event().id()));
        Table table = new Table("AFTER", "TOOK", "AGENT", "TYPE", "STATUS", "EVENT", "SAYS");
        for (int from = 0; from < events.size(); from += PAYLOADS) {
            List<RecordedEvent> some = events.subList(from, Math.min(events.size(), from + PAYLOADS));
            Excerpts excerpts = Excerpts.of(some, results, workspace.ledger().log());
            for (RecordedEvent recorded : some) {
                Event event = results.answered(recorded.event());
                table.add(
                        after(summary.firstEventAt(), event.occurredAt()),
                        EventText.took(event),
                        event.agentId(),
                        EventText.what(event),
                        EventText.status(event),
                        event.id(),
                        excerpts.of(event.id()));
            }
        }
        table.print(console());
        gone.ifPresent(console()::note);
        folding.note().ifPresent(console()::note);
    }

    private static Optional<String> gone(SessionSummary summary, List<RecordedEvent> left) {
        if (summary.prunedCount() == 0) {
            return Optional.empty();
        }
        String these = left.isEmpty()
                ? "none is left"
                : "those that are left are numbers "
                        + left.stream()
                                .mapToLong(RecordedEvent::sessionSeq)
                                .min()
                                .orElseThrow()
                        + " to "
                        + left.stream()
                                .mapToLong(RecordedEvent::sessionSeq)
                                .max()
                                .orElseThrow()
                        + " of the session";
        return Optional.of(
                summary.prunedCount() + " of " + summary.eventCount() + " events have been pruned; " + these);
    }

    private static String after(Instant start, Instant time) {
        Duration elapsed = Duration.between(start, time);
        return "+%d:%02d:%02d.%03d"
                .formatted(elapsed.toHours(), elapsed.toMinutesPart(), elapsed.toSecondsPart(), elapsed.toMillisPart());
    }

    private static ObjectNode toJson(SessionSummary summary, Workspace workspace) {
        ObjectNode answer = SummaryJson.of(summary);
        ArrayNode events = answer.putArray("events");
        forEachPage(
                summary.id(),
                workspace,
                page -> workspace
                        .ledger()
                        .log()
                        .withOriginals(page.events())
                        .forEach(event -> events.add(EventJson.toJson(event))));
        return answer;
    }

    private static void forEachPage(SessionId session, Workspace workspace, Consumer<EventPage> visitor) {
        EventQuery query = EventQuery.builder()
                .sessionId(session)
                .limit(EventQuery.MAX_LIMIT)
                .build();
        EventPage page = workspace.ledger().search().search(query);
        visitor.accept(page);
        while (page.next().isPresent()) {
            page = workspace
                    .ledger()
                    .search()
                    .search(query.withCursor(page.next().get()));
            visitor.accept(page);
        }
    }
}
