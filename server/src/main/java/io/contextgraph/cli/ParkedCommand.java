// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.DroppedEntry;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.Parking;
import io.contextgraph.projection.Redrive;
import io.contextgraph.wire.ParkedJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/** {@code parked}: what could not be projected. */
@CommandLine.Command(
        name = "parked",
        description = {
            "Lists events that the graph refused, tries them again, or gives them up.",
            "",
            "  parked                            lists them",
            "  parked redrive ID... | --all      tries them again",
            "  parked drop ID... --reason TEXT   gives them up for good, and records why",
            "  parked dropped                    lists what was given up"
        })
final class ParkedCommand extends Command {
    private static final int PAGE = 500;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ACTION",
            description = "list, redrive, drop or dropped (default: ${DEFAULT-VALUE}).")
    private String action = "list";

    @Parameters(index = "1..*", paramLabel = "ID", description = "Parked entries, as listed.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--all", description = "Tries all of them again.")
    private boolean all;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why they are given up.")
    private @Nullable String reason;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    ParkedCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        return switch (action) {
            case "list" -> list();
            case "redrive" -> redrive();
            case "drop" -> drop();
            case "dropped" -> dropped();
            default -> throw usage("no such action: " + action);
        };
    }

    private int list() throws IOException {
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            List<ParkedEntry> entries = parked(workspace.ledger().parking());
            if (json) {
                ArrayNode answer = Json.MAPPER.createArrayNode();
                entries.forEach(entry -> answer.add(ParkedJson.of(entry)));
                printJson(answer);
            } else {
                Table table = new Table("ID", "EVENT", "PARKED", "ATTEMPTS", "REASON");
                entries.forEach(entry -> table.add(
                        entry.id(),
                        event(entry),
                        Times.format(entry.parkedAt()),
                        entry.failure().attempts(),
                        entry.failure().reason()));
                table.print(console());
            }
            return ExitCode.OK;
        }
    }

    private static List<ParkedEntry> parked(Parking parking) {
        List<ParkedEntry> entries = new ArrayList<>(parking.list(Optional.empty(), PAGE));
        for (int before = 0; entries.size() - before == PAGE; ) {
            before = entries.size();
            entries.addAll(parking.list(Optional.of(entries.getLast().id()), PAGE));
        }
        return entries;
    }

    private int redrive() throws IOException {
        if (all == !ids.isEmpty()) {
            throw usage("name the entries to try again, or give --all");
        }
        List<ParkedId> named = ids();
        try (Workspace workspace = open(Workspace.Needs.LEDGER_AND_GRAPH)) {
            List<Redrive.Result> results = workspace.redrive(
                    all
                            ? parked(workspace.ledger().parking()).stream()
                                    .map(ParkedEntry::id)
                                    .toList()
                            : named);
            if (json) {
                ArrayNode answer = Json.MAPPER.createArrayNode();
                results.forEach(result -> answer.add(result.toJson()));
                printJson(answer);
            } else {
                Table table = new Table("ID", "EVENT", "OUTCOME", "REASON");
                results.forEach(result -> table.add(
                        result.id(),
                        result.entry().map(ParkedCommand::event).orElse("-"),
                        result.outcome().wireName(),
                        result.reason()));
                table.print(console());
            }
            boolean good = results.stream().allMatch(result -> result.outcome() == Redrive.Outcome.PROJECTED);
            return good ? ExitCode.OK : ExitCode.REFUSED;
        }
    }

    private int drop() throws IOException {
        String why = reason == null ? "" : reason.strip();
        if (ids.isEmpty() || all || !DroppedEntry.isReason(why)) {
            throw usage("name the entries to give up, and say why with --reason, in 1 to " + DroppedEntry.MAX_REASON
                    + " characters");
        }
        List<ParkedId> named = ids();
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            List<ParkedId> unknown = new ArrayList<>();
            for (ParkedId id : named) {
                if (workspace.ledger().parking().drop(id, why)) {
                    console().out().println("dropped " + id);
                } else {
                    unknown.add(id);
                }
            }
            unknown.forEach(id -> console().note("not parked: " + id));
            return unknown.isEmpty() ? ExitCode.OK : ExitCode.NOT_FOUND;
        }
    }

    private int dropped() throws IOException {
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            List<DroppedEntry> records =
                    new ArrayList<>(workspace.ledger().parking().dropped(Optional.empty(), PAGE));
            for (int before = 0; records.size() - before == PAGE; ) {
                before = records.size();
                records.addAll(workspace
                        .ledger()
                        .parking()
                        .dropped(Optional.of(records.getLast().id()), PAGE));
            }
            if (json) {
                ArrayNode answer = Json.MAPPER.createArrayNode();
                records.forEach(entry -> answer.add(ParkedJson.of(entry)));
                printJson(answer);
            } else {
                Table table = new Table("ID", "EVENT", "DROPPED", "WHY");
                records.forEach(record -> table.add(
                        record.entry().id(), event(record.entry()), Times.format(record.droppedAt()), record.reason()));
                table.print(console());
            }
            return ExitCode.OK;
        }
    }

    private static String event(ParkedEntry entry) {
        return entry.eventId().map(EventId::toString).orElse(entry.position().toString());
    }

    private List<ParkedId> ids() {
        return ids.stream()
                .map(id -> ParkedId.parse(id).orElseThrow(() -> usage("not an id of a parked entry: " + id)))
                .toList();
    }
}
