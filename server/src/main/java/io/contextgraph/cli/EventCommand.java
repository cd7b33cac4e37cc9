// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.ArchivedText;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.wire.ArchivedJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code event}: one event, whole. */
@CommandLine.Command(name = "event", description = "Shows one event with its payload and its place in the ledger.")
final class EventCommand extends Command {
    @Parameters(paramLabel = "EVENT", description = "The event's id.")
    private String id = "";

    @Option(names = "--json", description = "Prints JSON, as GET /v1/events/{event_id} answers.")
    private boolean json;

    EventCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        EventId eventId = EventId.parse(id).orElseThrow(() -> usage("not an event id (a UUID): " + id));
        Lookup found;
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            found = workspace.ledger().log().find(eventId);
        }
        return switch (found) {
            case Lookup.Found there -> show(there.event());
            case Lookup.Gone gone -> show(eventId, gone);
            case Lookup.Unknown unknown -> notFound("the ledger has no event " + eventId);
        };
    }

    /** What is known of one that is gone goes where a found one would. */
    private int show(EventId eventId, Lookup.Gone gone) {
        Optional<Summary> summary = fromGraph(graph -> graph.summaries(List.of(eventId)))
                .flatMap(all -> Optional.ofNullable(all.get(eventId)));
        if (json) {
            ObjectNode answer = Json.MAPPER
                    .createObjectNode()
                    .put("code", "event_gone")
                    .put(EventFields.EVENT_ID, eventId.toString())
                    .put("gone_at", Times.format(gone.at()))
                    .put("reason", gone.why())
                    .put("archive", gone.where());
            summary.ifPresent(one -> answer.put(Summary.SUMMARY_ID, one.id()).set("summary", ArchivedJson.of(one)));
            printJson(answer);
        } else {
            summary.ifPresent(one -> console().out().print(ArchivedText.whole(one)));
        }
        return notFound("the ledger had event " + eventId + " until " + Times.format(gone.at()) + ": " + gone.why()
                + (gone.where().isEmpty() ? "" : "; see " + gone.where()));
    }

    private int show(RecordedEvent recorded) {
        ObjectNode event = EventJson.toJson(recorded);
        if (json) {
            printJson(event);
        } else {
            print(event);
        }
        return ExitCode.OK;
    }

    private void print(ObjectNode event) {
        JsonNode payload = event.remove(EventFields.PAYLOAD);
        JsonNode original = event.remove(EventFields.ORIGINAL);
        event.properties().forEach(field -> print("%-16s %s%n", field));
        if (original != null) {
            console().out().println(EventFields.ORIGINAL);
            original.properties().forEach(field -> print("  %-16s %s%n", field));
        }
        if (payload != null) {
            console().out().println(EventFields.PAYLOAD);
            Json.MAPPER
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(payload)
                    .lines()
                    .forEach(line -> console().out().println("  " + Console.safe(line)));
        }
    }

    private void print(String form, Map.Entry<String, JsonNode> field) {
        console()
                .out()
                .printf(form, field.getKey(), Console.safe(field.getValue().asString()));
    }
}
