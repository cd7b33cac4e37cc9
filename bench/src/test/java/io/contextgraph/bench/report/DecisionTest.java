// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What somebody reads who decides: nothing that no benchmark has written, and the worst first. */
class DecisionTest {
    private static final Path PUBLISHED = Path.of("..", "docs", "benchmarks");

    private static Map<String, Report> published() throws IOException {
        Map<String, Report> reports = new TreeMap<>();
        try (Stream<Path> files = Files.list(PUBLISHED)) {
            for (Path json : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                reports.put(
                        json.getFileName().toString().replace(".json", ""),
                        Report.of(Json.MAPPER.readTree(Files.readString(json))));
            }
        }
        return reports;
    }

    private static String text(Map<String, Report> reports) {
        return new Decision(new Published(reports)).toMarkdown();
    }

    /** The same with other rows in one of the tables. */
    private static Map<String, Report> with(String report, String title, UnaryOperator<List<List<String>>> rows)
            throws IOException {
        Map<String, Report> reports = published();
        reports.computeIfPresent(
                report,
                (name, old) -> new Report(
                        old.command(),
                        old.setting(),
                        old.tables().stream()
                                .map(table -> table.title().startsWith(title)
                                        ? new Table(
                                                table.title(),
                                                table.columns(),
                                                rows.apply(new ArrayList<>(table.rows())),
                                                table.notes())
                                        : table)
                                .toList(),
                        old.figures()));
        return reports;
    }

    @Test
    void theUnwelcomePartComesFirst() throws IOException {
        String text = text(published());
        assertThat(text).startsWith("**What it costs.**");
        assertThat(text.indexOf("**What it gives**")).isGreaterThan(text.indexOf("**What it costs.**"));
        List<Double> behind = text.lines()
                .filter(line -> line.endsWith(" times |"))
                .map(line -> line.split("\\|", -1)[4].strip())
                .map(better -> {
                    double times = Double.parseDouble(better.replaceAll("[^0-9.]", ""));
                    return better.startsWith("this ledger") ? 1 / times : times;
                })
                .toList();
        assertThat(behind).hasSize(9);
        for (int i = 1; i < behind.size(); i++) {
            assertThat(behind.get(i)).isLessThanOrEqualTo(behind.get(i - 1));
        }
    }

    @Test
    void everyMeasuredFigureIsInTheFiles() throws IOException {
        String text = text(published());
        String files;
        try (Stream<Path> all = Files.list(PUBLISHED)) {
            StringBuilder together = new StringBuilder();
            for (Path json : all.filter(f -> f.toString().endsWith(".json")).toList()) {
                together.append(Files.readString(json));
            }
            files = together.toString();
        }
        // Ratios and counts of rows are computed; what has a unit, and the columns of the table, are measured.
        List<String> measured = new ArrayList<>(Pattern.compile("([0-9][0-9,.]*) (?:ms|s|bytes)\\b")
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .toList());
        text.lines().filter(line -> line.endsWith(" times |")).forEach(line -> {
            measured.add(line.split("\\|", -1)[2].strip());
            measured.add(line.split("\\|", -1)[3].strip());
        });
        assertThat(measured)
                .hasSizeGreaterThan(20)
                .allSatisfy(number -> assertThat(files).contains(number));
    }

    @Test
    void whereTheLedgerIsBetterItSaysSo() throws IOException {
        Map<String, Report> reports = with("query", "Full replay", rows -> {
            rows.removeIf(row -> row.getFirst().equals("Redis, search"));
            rows.add(List.of("Redis, search", "1,000,000", "1,314,546"));
            rows.removeIf(row -> row.getFirst().equals("PostgreSQL"));
            rows.add(List.of("PostgreSQL", "1,000,000", "657,273"));
            return rows;
        });
        assertThat(text(reports)).contains("| full replay, events/s | 1,314,546 | 657,273 | this ledger, 2.0 times |");
    }

    @Test
    void aFigureThatIsMissingIsNotLeftOut() throws IOException {
        Map<String, Report> without = published();
        without.remove("archive");
        assertThatThrownBy(() -> text(without))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("docs/benchmarks/archive.json has no report: run bench/run archive --json"
                        + " docs/benchmarks/archive.json");
        Map<String, Report> row = with("query", "First pages", rows -> {
            rows.removeIf(one -> one.getFirst().equals("by trace"));
            return rows;
        });
        assertThatThrownBy(() -> text(row)).hasMessageContaining("no row [by trace, Redis, search]");
        Map<String, Report> twice = with("query", "First pages", rows -> {
            rows.addAll(List.copyOf(rows));
            return rows;
        });
        assertThatThrownBy(() -> text(twice)).hasMessageContaining("more than one row");
        Map<String, Report> empty = with("query", "The ledger that is read", rows -> {
            rows.replaceAll(one -> List.of(one.get(0), one.get(1), one.get(2), ""));
            return rows;
        });
        assertThatThrownBy(() -> text(empty)).hasMessageContaining("no number in \"bytes/event\"");
    }
}
