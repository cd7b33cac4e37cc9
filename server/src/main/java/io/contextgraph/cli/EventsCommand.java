// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.EventPage;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code events}: finds events by what they say. */
@CommandLine.Command(name = "events", description = "Finds events; every filter given must match.")
final class EventsCommand extends Command {
    @Option(names = "--session", paramLabel = "ID", description = "Events of this session.")
    private @Nullable String session;

    @Option(names = "--agent", paramLabel = "ID", description = "Events of this agent.")
    private @Nullable String agent;

    @Option(names = "--trace", paramLabel = "ID", description = "Events of this trace.")
    private @Nullable String trace;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "Events of this type (tool.execute) or prefix (tool.*).")
    private @Nullable String type;

    @Option(names = "--tool", paramLabel = "NAME", description = "Events that used this tool.")
    private @Nullable String tool;

    @Option(names = "--status", paramLabel = "STATUS", description = "pending, running, completed, failed or timeout.")
    private @Nullable String status;

    @Option(names = "--parent", paramLabel = "EVENT", description = "Events caused by this one.")
    private @Nullable String parent;

    @Option(names = "--from", paramLabel = "TIME", description = "Not before this time (RFC 3339).")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Before this time (RFC 3339).")
    private @Nullable String to;

    @Option(names = "--min-importance", paramLabel = "N", description = "Importance hint of at least this, 1 to 10.")
    private @Nullable Integer minImportance;

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
            EventPage page = workspace.search().search(query);
            if (json) {
                printJson(toJson(page));
            } else {
                print(page, workspace);
            }
        }
        return ExitCode.OK;
    }

    private EventQuery query() {
        return EventQuery.builder()
                .sessionId(session == null ? null : new SessionId(session))
                .agentId(agent)
                .traceId(trace)
                .type(parsed("--type", type, TypeFilter::parse))
                .toolName(tool)
                .status(parsed("--status", status, EventStatus::parse))
                .parentId(parsed("--parent", parent, EventId::parse))
                .from(time("--from", from))
                .to(time("--to", to))
                .minImportance(minImportance)
                .order(order())
                .limit(limit)
                .cursor(cursor == null ? null : new Cursor(cursor))
                .build();
    }

    private @Nullable Instant time(String flag, @Nullable String text) {
        return parsed(flag, text, Times::parse);
    }

    private <T> @Nullable T parsed(String flag, @Nullable String text, Function<String, Optional<T>> parse) {
        if (text == null) {
            return null;
        }
        return parse.apply(text).orElseThrow(() -> usage("cannot use the value of " + flag + ": " + text));
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
        Excerpts excerpts = Excerpts.of(page.events(), workspace.log());
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
        page.next().ifPresent(next -> console().note("more: add --cursor " + next.text()));
    }

    private static ObjectNode toJson(EventPage page) {
        ObjectNode answer = Json.MAPPER.createObjectNode();
        ArrayNode events = answer.putArray("events");
        page.events().forEach(event -> events.add(EventJson.toJson(event)));
        EventJson.pagination(answer, page.next());
        answer.putObject("meta").put("as_of", page.asOf().toString());
        return answer;
    }
}
