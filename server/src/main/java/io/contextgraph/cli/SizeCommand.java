// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.config.Setting;
import io.contextgraph.event.Json;
import io.contextgraph.remote.ServerAddress;
import io.contextgraph.retention.CeilingSettings;
import io.contextgraph.retention.RetentionSettings;
import io.contextgraph.sizing.Amounts;
import io.contextgraph.sizing.CostTable;
import io.contextgraph.sizing.MeasuredFigure;
import io.contextgraph.sizing.Prices;
import io.contextgraph.sizing.RecordScale;
import io.contextgraph.sizing.SizeEstimate;
import io.contextgraph.sizing.SizeLine;
import io.contextgraph.sizing.SizeRequest;
import io.contextgraph.sizing.Stay;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code size}: what so many events a day need. */
@CommandLine.Command(
        name = "size",
        description = {
            "Calculates what so many events a day need: memory and disk of Redis, archive, graph, processors, and what that costs.",
            "Every figure is one that was measured (docs/benchmarks.md) times what you say; what nobody has measured is named, and is"
                    + " not in it."
        })
final class SizeCommand extends Command {
    private static final double LEAST_CORES = 0.001;

    @Option(names = "--events-per-day", paramLabel = "N", required = true, description = "How many events come in.")
    private long eventsPerDay;

    @Option(
            names = "--retention",
            paramLabel = "DAYS",
            description = "How long an event is in Redis, as retention.ceiling says (default: ${DEFAULT-VALUE}).")
    private int retention = standardDays(CeilingSettings.CEILING);

    @Option(
            names = "--hot-window",
            paramLabel = "DAYS",
            description = "How long it is in the streams, as retention.hot-window says (default: ${DEFAULT-VALUE}).")
    private int hotWindow = standardDays(RetentionSettings.HOT_WINDOW);

    @Option(
            names = "--remember",
            paramLabel = "DAYS",
            description =
                    "How long Redis remembers its id then, as retention.remember says (default: ${DEFAULT-VALUE}).")
    private int remember = standardDays(CeilingSettings.REMEMBER);

    @Option(
            names = "--after",
            paramLabel = "DAYS",
            description = "How long events have come in when it is looked at (default: ${DEFAULT-VALUE}).")
    private int after = 365;

    @Option(
            names = "--payload-bytes",
            paramLabel = "N",
            description = "Size of the payload that each event brings (default: none).")
    private long payloadBytes;

    @Option(
            names = "--peak",
            paramLabel = "FACTOR",
            description = "By how much more come in when most do (default: ${DEFAULT-VALUE}, evenly over the day).")
    private double peak = 1;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description = "search or sorted-set, as redis.engine says (default: ${DEFAULT-VALUE}).")
    private String engine = "search";

    @Option(
            names = "--memory-price",
            paramLabel = "DOLLARS",
            description = "For a GB of memory and a month; an assumption (default: ${DEFAULT-VALUE}).")
    private double memoryPrice = Prices.ASSUMED.memory();

    @Option(
            names = "--archive-price",
            paramLabel = "DOLLARS",
            description = "For a GB of the archive and a month; an assumption (default: ${DEFAULT-VALUE}).")
    private double archivePrice = Prices.ASSUMED.archive();

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    SizeCommand(Surroundings surroundings) {
        super(surroundings);
    }

    private static int standardDays(Setting<Duration> setting) {
        return Math.toIntExact(
                setting.form().parse(setting.standard()).orElseThrow().toDays());
    }

    @Override
    public Integer call() {
        Optional<ServerAddress> ignored = server();
        if (!List.of("search", "sorted-set").contains(engine)) {
            throw usage("--engine must be search or sorted-set: " + engine);
        }
        SizeRequest request = new SizeRequest(
                eventsPerDay,
                new Stay(hotWindow, retention, remember),
                after,
                payloadBytes,
                peak,
                engine.equals("sorted-set"),
                new Prices(memoryPrice, archivePrice));
        SizeEstimate estimate = SizeEstimate.of(request);
        List<CostTable.Row> costs = CostTable.rows(request);
        if (json) {
            printJson(json(request, estimate, costs));
        } else {
            print(request, estimate, costs);
        }
        return ExitCode.OK;
    }

    private void print(SizeRequest request, SizeEstimate estimate, List<CostTable.Row> costs) {
        say(Amounts.count((double) eventsPerDay) + " events a day, the last " + hotWindow + " days in the streams, "
                + retention + " in Redis, then in the archive; after " + after + " days:");
        say("");
        Table sizes = new Table("WHAT", "AMOUNT", "HOW IT COMES ABOUT");
        estimate.lines().forEach(line -> sizes.add(line.text(), amount(line), line.how()));
        sizes.print(console());
        estimate.warnings().forEach(warning -> say("warning: " + warning));
        say("");
        printCosts(request, costs);
        say("");
        say("Taken for granted:");
        estimate.assumptions().forEach(line -> say("- " + line));
        say("Not measured, and not in these figures:");
        estimate.notMeasured().forEach(line -> say("- " + line));
        say(
                "Rounded: amounts to three digits, dollars to whole ones; GB are 1,000,000,000 bytes. --json has the figures as they"
                        + " are, and what was measured by which command.");
    }

    private void printCosts(SizeRequest request, List<CostTable.Row> costs) {
        say(
                "What that costs in a month, beside the decision record, which names no size of an event, no number of events and no"
                        + " price (" + RecordScale.EVENTS_PER_RUN + " events a run):");
        say("");
        int kept = request.stay().ceiling();
        Table table = new Table(
                "SCALE",
                "EVENTS/DAY",
                "RECORD, 30 DAYS",
                "30 DAYS, MEMORY",
                "A MONTH",
                "RECORD, A YEAR",
                Math.min(kept, request.days()) + " OF " + request.days() + " DAYS, MEMORY",
                "ARCHIVE",
                "A MONTH");
        for (CostTable.Row row : costs) {
            table.add(
                    row.scale(),
                    Amounts.count(row.eventsPerDay()),
                    row.record()
                            .map(scale -> "$" + Amounts.count(scale.month()))
                            .orElse("-"),
                    Amounts.bytes(row.monthMemory()),
                    "$" + Amounts.count(row.monthDollars()),
                    row.record().map(scale -> "$" + Amounts.count(scale.year())).orElse("-"),
                    Amounts.bytes(row.memory()),
                    Amounts.bytes(row.archive()),
                    "$" + Amounts.count(row.dollars()));
        }
        table.print(console());
        if (request.sortedSet()) {
            say("(of engine search; of sorted-set it was not measured)");
        }
    }

    private void say(String line) {
        console().out().println(line);
    }

    private static String amount(SizeLine line) {
        return switch (line.unit()) {
            case BYTES -> Amounts.bytes(line.value());
            case COUNT -> Amounts.count(line.value());
            case EVENTS_A_SECOND -> Amounts.rounded(line.value()) + " /s";
            case CORES ->
                (line.value() < LEAST_CORES ? "under " + LEAST_CORES : Amounts.plain(line.value())) + " cores";
            case SECONDS -> Amounts.rounded(line.value()) + " s";
        };
    }

    private static ObjectNode json(SizeRequest request, SizeEstimate estimate, List<CostTable.Row> costs) {
        ObjectNode answer = Json.MAPPER.createObjectNode();
        answer.putObject("request")
                .put("events_per_day", request.eventsPerDay())
                .put("retention_days", request.stay().ceiling())
                .put("hot_window_days", request.stay().hot())
                .put("remember_days", request.stay().remembered())
                .put("after_days", request.days())
                .put("payload_bytes", request.payloadBytes())
                .put("peak", request.peak())
                .put("engine", request.sortedSet() ? "sorted-set" : "search")
                .put("memory_price", request.prices().memory())
                .put("archive_price", request.prices().archive());
        ArrayNode figures = answer.putArray("figures");
        for (SizeLine line : estimate.lines()) {
            figures.addObject()
                    .put("name", line.name())
                    .put("value", line.value())
                    .put("unit", line.unit().text())
                    .put("how", line.how());
        }
        ArrayNode table = answer.putArray("costs");
        for (CostTable.Row row : costs) {
            ObjectNode cost = table.addObject().put("scale", row.scale()).put("events_per_day", row.eventsPerDay());
            row.record()
                    .ifPresent(scale ->
                            cost.put("record_month_dollars", scale.month()).put("record_year_dollars", scale.year()));
            cost.put("month_memory_bytes", row.monthMemory())
                    .put("month_dollars", row.monthDollars())
                    .put("memory_bytes", row.memory())
                    .put("archive_bytes", row.archive())
                    .put("dollars", row.dollars());
        }
        ArrayNode measured = answer.putArray("measured");
        for (MeasuredFigure figure : MeasuredFigure.values()) {
            measured.addObject()
                    .put("what", figure.text())
                    .put("value", figure.value())
                    .put("unit", figure.unit().text())
                    .put("source", figure.source());
        }
        texts(answer.putArray("warnings"), estimate.warnings());
        texts(answer.putArray("assumptions"), estimate.assumptions());
        texts(answer.putArray("not_measured"), estimate.notMeasured());
        return answer;
    }

    private static void texts(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }
}
