// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.report;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Looks up what benchmarks have written. Pure.
 *
 * <p><b>Errors.</b> What is not there, or there twice, is an {@link IllegalStateException} that names it: a text that needs it
 * is not written without it.
 *
 * @param reports by the name of their file
 */
public record Published(Map<String, Report> reports) {
    /** All of a folder. */
    public static Published in(Path folder) throws IOException {
        Map<String, Report> reports = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path json : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                String name = json.getFileName().toString().replace(".json", "");
                reports.put(name, Report.of(Json.MAPPER.readTree(Files.readString(json))));
            }
        }
        return new Published(reports);
    }

    /** The cell of the one row that begins so. */
    public String cell(String report, String title, List<String> beginning, String column) {
        Table table = one(
                report(report).tables().stream()
                        .filter(each -> each.title().startsWith(title))
                        .toList(),
                "table \"" + title + "\"",
                report);
        List<String> row = one(
                table.rows().stream()
                        .filter(each -> each.size() >= beginning.size()
                                && each.subList(0, beginning.size()).equals(beginning))
                        .toList(),
                "row " + beginning + " of \"" + title + "\"",
                report);
        int at = table.columns().indexOf(column);
        if (at < 0) {
            throw missing("column \"" + column + "\" of \"" + title + "\"", report);
        }
        return row.get(at);
    }

    /** The number with which a cell begins, whatever stands behind it. */
    public double number(String report, String title, List<String> beginning, String column) {
        String cell = cell(report, title, beginning, column);
        String digits = cell.split(" ", -1)[0].replace(",", "").replace("%", "");
        try {
            return Double.parseDouble(digits);
        } catch (NumberFormatException e) {
            throw new IllegalStateException(
                    "docs/benchmarks/%s.json: no number in \"%s\" of %s: \"%s\""
                            .formatted(report, column, beginning, cell),
                    e);
        }
    }

    /** What was measured of a figure, with its unit. */
    public String figure(String report, String name) {
        return one(
                        report(report).figures().stream()
                                .filter(each -> each.name().equals(name))
                                .toList(),
                        "figure \"" + name + "\"",
                        report)
                .measured();
    }

    private Report report(String name) {
        Report report = reports.get(name);
        if (report == null) {
            throw missing("report", name);
        }
        return report;
    }

    private static <T> T one(List<T> found, String what, String report) {
        if (found.size() > 1) {
            throw new IllegalStateException("docs/benchmarks/%s.json has more than one %s".formatted(report, what));
        }
        if (found.isEmpty()) {
            throw missing(what, report);
        }
        return found.getFirst();
    }

    private static IllegalStateException missing(String what, String report) {
        return new IllegalStateException(
                "docs/benchmarks/%1$s.json has no %2$s: run bench/run %1$s --json docs/benchmarks/%1$s.json"
                        .formatted(report, what));
    }
}
