// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.bench.plot.LinePlot;
import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarksPageTest {
    private static final Report REPORT = new Report(
            "bench/run nothing",
            Map.of("cores", "2"),
            List.of(new Table("Nothing", List.of("a", "b"), List.of(List.of("1", "2")), List.of("A note."))),
            List.of(Figure.atMost("Costs", 10, 12, "%.0f us"), Figure.atLeast("Gains", 10, 12, "%.0f us")));

    @TempDir
    private Path docs;

    @Test
    void thePublishedPageShowsExactlyWhatWasMeasured() throws IOException {
        BenchmarksPage page = new BenchmarksPage(Path.of("..", "docs"));
        assertThat(page.file())
                .as("run bench/run report after a benchmark")
                .content()
                .isEqualTo(page.content());
        assertThat(page.drawings())
                .isNotEmpty()
                .allSatisfy((drawing, text) -> assertThat(drawing)
                        .as("run bench/run report after a benchmark")
                        .content()
                        .isEqualTo(text));
        assertThat(page.unused()).isEmpty();
    }

    /** What is drawn is shown by the same text that the files give, and what says so is on the page. */
    @Test
    void everyDrawingIsShown() throws IOException {
        BenchmarksPage page = new BenchmarksPage(Path.of("..", "docs"));
        String text = Files.readString(page.file());
        assertThat(page.drawings().keySet())
                .allSatisfy(drawing -> assertThat(text).contains("](benchmarks/" + drawing.getFileName() + ")"));
    }

    @Test
    void aReportSurvivesItsFile() {
        assertThat(Report.of(Json.MAPPER.readTree(REPORT.toJson().toString()))).isEqualTo(REPORT);
    }

    @Test
    void sectionsAreWrittenFromTheFilesAndTheRestStays() throws IOException {
        Files.createDirectory(docs.resolve("benchmarks"));
        Files.writeString(
                docs.resolve("benchmarks/nothing.json"), REPORT.toJson().toString());
        Files.writeString(docs.resolve("benchmarks.md"), """
                # Page
                <!-- begin figures -->
                old
                <!-- end figures -->
                Words.
                <!-- begin nothing -->
                <!-- end nothing -->
                <!-- begin other -->
                <!-- end other -->
                """);
        new BenchmarksPage(docs).write();
        assertThat(docs.resolve("benchmarks.md")).content().isEqualTo("""
                # Page
                <!-- begin figures -->

                | figure | wanted | measured | reached | by |
                | --- | --- | --- | --- | --- |
                | Costs | at most 10 us | 12 us | **no** | `bench/run nothing` |
                | Gains | at least 10 us | 12 us | yes | `bench/run nothing` |

                <!-- end figures -->
                Words.
                <!-- begin nothing -->

                ### Nothing

                | a | b |
                | --- | --- |
                | 1 | 2 |

                - A note.

                `bench/run nothing`: cores 2.

                <!-- end nothing -->
                <!-- begin other -->

                Not measured yet.

                <!-- end other -->
                """);
        // Writing it again changes nothing.
        String once = Files.readString(docs.resolve("benchmarks.md"));
        new BenchmarksPage(docs).write();
        assertThat(docs.resolve("benchmarks.md")).content().isEqualTo(once);
    }

    @Test
    void whatIsDrawnIsWrittenBesideTheFiles() throws IOException {
        LinePlot plot = new LinePlot(
                "nothing-costs",
                "Costs",
                "events",
                "us",
                LinePlot.Scale.LINEAR,
                List.of(new LinePlot.Series("a", false, List.of(new LinePlot.Point(10, 1)))),
                "It costs nothing.");
        Report drawn = new Report(REPORT.command(), REPORT.setting(), REPORT.tables(), REPORT.figures(), List.of(plot));
        assertThat(Report.of(Json.MAPPER.readTree(drawn.toJson().toString()))).isEqualTo(drawn);
        Files.createDirectory(docs.resolve("benchmarks"));
        Files.writeString(
                docs.resolve("benchmarks/nothing.json"), drawn.toJson().toString());
        Files.writeString(docs.resolve("benchmarks/gone.svg"), "<svg/>");
        Files.writeString(docs.resolve("benchmarks.md"), "<!-- begin nothing -->\n<!-- end nothing -->\n");
        BenchmarksPage page = new BenchmarksPage(docs);
        page.write();
        assertThat(docs.resolve("benchmarks/nothing-costs.svg")).content().isEqualTo(plot.toSvg());
        assertThat(docs.resolve("benchmarks.md"))
                .content()
                .contains("![Costs](benchmarks/nothing-costs.svg)\n\nIt costs nothing.\n");
        assertThat(page.unused()).containsExactly("gone.svg");
    }

    @Test
    void aReportThatNoSectionShowsIsTold() throws IOException {
        Files.createDirectory(docs.resolve("benchmarks"));
        Files.writeString(
                docs.resolve("benchmarks/nothing.json"), REPORT.toJson().toString());
        Files.writeString(docs.resolve("benchmarks.md"), "# Page\n");
        assertThat(new BenchmarksPage(docs).unused()).containsExactly("nothing");
    }
}
