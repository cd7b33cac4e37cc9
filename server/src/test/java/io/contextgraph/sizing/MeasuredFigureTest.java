// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.sizing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.contextgraph.docs.GeneratedDocs;
import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** What the program calculates with is what the benchmarks have published. */
class MeasuredFigureTest {
    private static final Pattern NUMBER = Pattern.compile("\\d[\\d,]*(\\.\\d+)?");

    @ParameterizedTest
    @EnumSource
    void eachIsAsItIsPublished(MeasuredFigure figure) throws IOException {
        JsonNode table = table(figure.file(), figure.table().title());
        List<Double> found = new ArrayList<>();
        for (JsonNode row : table.get("rows")) {
            if (matches(row, figure.row())) {
                found.add(number(row.get(figure.column()).stringValue()));
            }
        }
        assertThat(found)
                .as("rows of %s like %s", figure.table().title(), figure.row())
                .hasSize(1);
        double percent = switch (figure.unit()) {
            case BYTES, MEBIBYTES, EDGES -> MeasuredFigure.BYTES_PERCENT;
            case SECONDS, MICROSECONDS, EVENTS_A_SECOND -> MeasuredFigure.TIMES_PERCENT;
        };
        assertThat(figure.value()).isCloseTo(found.getFirst(), within(found.getFirst() * percent / 100));
    }

    @Test
    void theEventsThatWereMeasuredAreThoseThatTheEstimateSpeaksOf() throws IOException {
        assertThat(table("restart", "From the start of Redis to the first answers: 1,000,000 events")
                        .get("notes")
                        .toString())
                .contains("Events of 395 bytes as a plain document, 100 to a session");
        assertThat(table("privacy", "Single appends").get("notes").toString()).contains("payload of 286 bytes");
        assertThat(table("archive", "What it costs in a month").get("notes").toString())
                .contains(RecordScale.EVENTS_PER_RUN + " events a run")
                .contains("$" + Amounts.plain(Prices.ASSUMED.memory()) + " for a GB of RAM, $"
                        + Amounts.plain(Prices.ASSUMED.archive()) + " for a GB of object storage");
    }

    /** The table that the benchmark wrote, from exact figures, and the one of the estimate. */
    @Test
    void theCostTableIsThatOfTheBenchmark() throws IOException {
        SizeRequest standard = new SizeRequest(34_000, new Stay(7, 90, 30), 365, 0, 1, false, Prices.ASSUMED);
        List<CostTable.Row> rows = CostTable.rows(standard);
        JsonNode published = table("archive", "What it costs in a month").get("rows");
        assertThat(published.size()).isEqualTo(RecordScale.values().length);
        for (int i = 0; i < published.size(); i++) {
            JsonNode one = published.get(i);
            CostTable.Row ours = rows.get(i);
            assertThat(ours.scale()).isEqualTo(one.get("scale").stringValue());
            assertThat(Amounts.count(ours.eventsPerDay()))
                    .isEqualTo(one.get("events/day").stringValue());
            assertThat(ours.record().map(RecordScale::month))
                    .contains((int) number(one.get("the record, 30 days").stringValue()));
            near(ours.monthMemory() / 1e9, one.get("30 days, tiered, GB RAM"));
            near(ours.monthDollars(), one.get("the same, a month"));
            near(ours.memory() / 1e9, one.get("a year: 90 days in RAM, GB"));
            near(ours.archive() / 1e9, one.get("the rest archived, GB"));
            near(ours.dollars(), one.get("both, a month"));
        }
        assertThat(rows.getLast())
                .usingRecursiveComparison()
                .ignoringFields("scale", "record")
                .isEqualTo(rows.getFirst());
    }

    /** Within what rounding does, and half a percent. */
    private static void near(double ours, JsonNode published) {
        String text = published.stringValue();
        double rounding = text.contains(".") ? 0.05 : 0.5;
        double value = number(text);
        assertThat(ours).isCloseTo(value, within(rounding + value * 0.005));
    }

    private static boolean matches(JsonNode row, Map<String, String> wanted) {
        return wanted.entrySet().stream()
                .allMatch(column -> row.get(column.getKey()).stringValue().equals(column.getValue()));
    }

    private static JsonNode table(String file, String title) throws IOException {
        JsonNode report = Json.MAPPER.readTree(
                Files.readString(GeneratedDocs.root().resolve("docs/benchmarks/" + file + ".json")));
        return StreamSupport.stream(report.get("tables").spliterator(), false)
                .filter(table -> table.get("title").stringValue().equals(title))
                .findFirst()
                .orElseThrow(() -> new AssertionError(file + " has no table " + title));
    }

    private static double number(String text) {
        Matcher matcher = NUMBER.matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return Double.parseDouble(matcher.group().replace(",", ""));
    }
}
