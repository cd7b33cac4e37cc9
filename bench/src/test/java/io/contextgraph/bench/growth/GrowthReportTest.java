// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.growth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.bench.plot.LinePlot;
import io.contextgraph.bench.plot.LinePlot.Point;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is said of three sizes. */
class GrowthReportTest {
    private static Map<Integer, Map<Measure, Double>> measured(int... sizes) {
        Map<Integer, Map<Measure, Double>> measured = new TreeMap<>();
        for (int size : sizes) {
            Map<Measure, Double> values = new EnumMap<>(Measure.class);
            for (Measure measure : Measure.values()) {
                values.put(measure, 1.0);
            }
            values.put(Measure.APPEND_REDIS, 40.0);
            values.put(Measure.RESTART, size / 100_000.0);
            values.put(Measure.EXAMINE, 0.5 + size / 1_000_000.0);
            measured.put(size, values);
        }
        return measured;
    }

    private static Report report(int... sizes) {
        return new GrowthReport(measured(sizes), 500, 3, 500_000).report(Map.of());
    }

    @Test
    void oneTableHasAllSizesSideBySide() {
        Report report = report(10_000, 100_000, 1_000_000);
        assertThat(report.command()).isEqualTo("bench/run growth");
        assertThat(report.tables()).singleElement().satisfies(table -> {
            assertThat(table.columns()).containsExactly("what", "10,000 events", "100,000 events", "1,000,000 events");
            assertThat(table.rows()).hasSize(Measure.values().length);
            assertThat(table.rows().getFirst()).containsExactly("append: Redis, us/event", "40.0", "40.0", "40.0");
        });
    }

    @Test
    void otherSizesAreNamedInTheCommand() {
        assertThat(report(1_000, 2_000).command()).isEqualTo("bench/run growth --events 1000,2000");
    }

    @Test
    void eachThingHasAPlotWithItsSentence() {
        List<LinePlot> plots = report(10_000, 100_000, 1_000_000).plots();
        assertThat(plots)
                .extracting(LinePlot::file)
                .containsExactly(
                        "growth-append.svg",
                        "growth-pages.svg",
                        "growth-memory.svg",
                        "growth-restart.svg",
                        "growth-examine.svg");
        assertThat(plots.get(3).caption())
                .isEqualTo(
                        "A restart. For one event it takes 10.0 us, 10.0 us, 10.0 us, from size to size times 1.00 and"
                                + " 1.00: linear.");
        assertThat(plots.get(4).caption()).endsWith("not linear.");
        // What it would be in proportion to the largest.
        assertThat(plots.get(4).series().get(1).points())
                .containsExactly(new Point(10_000, 0.015), new Point(100_000, 0.15), new Point(1_000_000, 1.5));
    }

    @Test
    void figuresAreOfTheLargestBesideTheSmallest() {
        assertThat(report(10_000, 100_000, 1_000_000).figures())
                .contains(Figure.atMost(
                        "Restart, for an event, at 1,000,000 events beside 10,000", 1.25, 1.0, "%.2f times"));
    }

    @Test
    void whatIsMissingIsTold() {
        Map<Integer, Map<Measure, Double>> measured = measured(1_000);
        Map<Measure, Double> values = new EnumMap<>(Map.of(Measure.MEMORY, 1.0));
        measured.put(2_000, values);
        assertThatThrownBy(() -> new GrowthReport(measured, 500, 3, 500_000).report(Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not measured at 2,000 events");
    }

    @Test
    void sizesMustAscendByThousands() {
        assertThatThrownBy(() -> new GrowthBenchmark(List.of(2_000, 1_000), 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--events 10000,100000");
        assertThatThrownBy(() -> new GrowthBenchmark(List.of(1_500), 3)).isInstanceOf(IllegalArgumentException.class);
    }
}
