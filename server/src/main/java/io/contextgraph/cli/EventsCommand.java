// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.EventText;
import io.contextgraph.cli.console.Excerpts;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.option.EventFilters;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.epoch.Bookmarks;
import io.contextgraph.view.CallResults;
import io.contextgraph.wire.PageJson;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code events}: finds events by what they say. */
@CommandLine.Command(name = "events", description = "Finds events; every filter given must match.")
final class EventsCommand extends Command {
    @Mixin
    private EventFilters filters = new EventFilters();

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            description = "time-asc (default), time-desc, position-asc or position-desc.")
    private String order = "time-asc";

    @Option(names = "--limit", paramLabel = "N", description = "Most events, 1 to 1000 (default: ${DEFAULT-VALUE}).")
    private int limit = EventQuery.DEFAULT_LIMIT;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "Goes on where the last page ended.")
    private @Nullable String cursor;

    @Option(names = "--json", description = "Prints JSON, as GET /v1/events answers.")
    private boolean json;

    EventsCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        EventQuery query = query();
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            Bookmarks bookmarks = new Bookmarks(workspace.ledger());
            bookmarks.require(Optional.ofNullable(cursor).map(Cursor::new));
            EventPage found = workspace.ledger().search().search(query);
            EventPage page = found.withNext(bookmarks.stamp(found.next()));
            if (json) {
                printJson(toJson(page, workspace.ledger().log()));
            } else {
                print(page, workspace);
            }
        }
        return ExitCode.OK;
    }

    private EventQuery query() {
        return filters.query()
                .order(order())
                .limit(limit)
                .cursor(cursor == null ? null : Bookmarks.opened(new Cursor(cursor)))
                .build();
    }

    private EventQuery.Order order() {
        try {
            return EventQuery.Order.valueOf(order.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException unknown) {
            throw usage("--order must be time-asc, time-desc, position-asc or position-desc: " + order);
        }
    }

    private void print(EventPage page, Workspace workspace) {
        Table table = new Table("TIME", "TYPE", "STATUS", "AGENT", "SESSION", "EVENT", "SAYS");
        Excerpts excerpts = Excerpts.of(
                page.events(), CallResults.none(), workspace.ledger().log());
        for (RecordedEvent recorded : page.events()) {
            var event = recorded.event();
            table.add(
                    Times.format(event.occurredAt()),
                    EventText.what(event),
                    EventText.status(event),
                    event.agentId(),
                    event.sessionId(),
                    event.id(),
                    excerpts.of(event.id()));
        }
        table.print(console());
        PageJson.notes(page).forEach(console()::note);
        page.next().ifPresent(next -> console().note("more: add --cursor " + next.text()));
    }

    private static ObjectNode toJson(EventPage page, EventLog log) {
        ObjectNode answer = Json.MAPPER.createObjectNode();
        ArrayNode events = answer.putArray("events");
        log.withOriginals(page.events()).forEach(event -> events.add(EventJson.toJson(event)));
        EventJson.pagination(answer, page.next());
        PageJson.tell(page, answer.putObject("meta"));
        return answer;
    }
}
