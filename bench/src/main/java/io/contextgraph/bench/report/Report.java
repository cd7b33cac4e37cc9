// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.report;

import io.contextgraph.bench.plot.LinePlot;
import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The result of one benchmark, as a page and as JSON: what it ran on and what it found.
 *
 * @param command how to measure it again
 * @param setting what it ran on: machine, versions, commit, date
 * @param tables what was measured
 * @param figures those that the product wants to reach
 * @param plots what of it is drawn
 */
public record Report(
        String command, Map<String, String> setting, List<Table> tables, List<Figure> figures, List<LinePlot> plots) {
    /** One of which nothing is drawn. */
    public Report(String command, Map<String, String> setting, List<Table> tables, List<Figure> figures) {
        this(command, setting, tables, figures, List.of());
    }

    public String toMarkdown() {
        StringBuilder text = new StringBuilder();
        tables.forEach(table -> text.append(table.toMarkdown()));
        plots.forEach(plot ->
                text.append("![%s](benchmarks/%s)\n\n%s\n\n".formatted(plot.title(), plot.file(), plot.caption())));
        text.append("`").append(command).append("`: ");
        List<String> parts = new ArrayList<>();
        setting.forEach((name, value) -> parts.add(name + " " + value));
        return text.append(String.join("; ", parts)).append(".\n").toString();
    }

    public ObjectNode toJson() {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("command", command);
        ObjectNode where = json.putObject("setting");
        setting.forEach(where::put);
        var measured = json.putArray("tables");
        tables.forEach(table -> measured.add(table.toJson()));
        var wanted = json.putArray("figures");
        figures.forEach(figure -> wanted.add(figure.toJson()));
        if (!plots.isEmpty()) {
            var drawn = json.putArray("plots");
            plots.forEach(plot -> drawn.add(plot.toJson()));
        }
        return json;
    }

    public static Report of(JsonNode json) {
        Map<String, String> setting = new LinkedHashMap<>();
        json.required("setting")
                .properties()
                .forEach(e -> setting.put(e.getKey(), e.getValue().stringValue()));
        List<Table> tables = new ArrayList<>();
        json.required("tables").forEach(table -> tables.add(Table.of(table)));
        List<Figure> figures = new ArrayList<>();
        json.required("figures").forEach(figure -> figures.add(Figure.of(figure)));
        List<LinePlot> plots = new ArrayList<>();
        json.path("plots").forEach(plot -> plots.add(LinePlot.of(plot)));
        return new Report(json.required("command").stringValue(), setting, tables, figures, plots);
    }

    /**
     * Prints it.
     *
     * @param json where it goes as JSON, with what is drawn of it beside it; null: nowhere
     */
    public void print(@Nullable Path json) throws IOException {
        System.out.println(toMarkdown());
        if (json == null) {
            return;
        }
        String text = Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(toJson());
        Files.writeString(json, text + "\n", StandardCharsets.UTF_8);
        for (LinePlot plot : plots()) {
            Files.writeString(json.resolveSibling(plot.file()), plot.toSvg(), StandardCharsets.UTF_8);
        }
    }
}
