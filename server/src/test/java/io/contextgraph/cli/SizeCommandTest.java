// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.event.Json;
import io.contextgraph.sizing.MeasuredFigure;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What {@code contextgraph size} prints; what it calculates, its own tests tell. */
class SizeCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void peopleGetATableAndWhatIsNotInIt() {
        assertThat(run("--events-per-day", "340000")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines().map(line -> line.strip().replaceAll(" {2,}", " | ")))
                .contains(
                        "340,000 events a day, the last 7 days in the streams, 90 in Redis, then in the archive; after 365 days:",
                        "Redis: hot events | 3.74 GB | 2,380,000 x 1,573 bytes",
                        "append-only file, rewritten | 21.4 GB | 30,600,000 x 698.352 bytes",
                        "archive | 14.7 GB | 93,500,000 x 157 bytes",
                        "growth, 10,000 runs a day | 340,000 | $200 | 13.1 GB | $59 | $120 | 52.1 GB | 14.7 GB | $235",
                        "as asked for | 340,000 | - | 13.1 GB | $59 | - | 52.1 GB | 14.7 GB | $235",
                        "- the log of transactions of Neo4j, which its settings bound, and what larger graphs take on disk");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void programsGetWhatWasMeasuredToo() {
        assertThat(run(
                        "--events-per-day",
                        "1000",
                        "--retention",
                        "30",
                        "--hot-window",
                        "3",
                        "--payload-bytes",
                        "5000",
                        "--remember",
                        "10",
                        "--after",
                        "60",
                        "--peak",
                        "12.5",
                        "--memory-price",
                        "3",
                        "--archive-price",
                        "0.01",
                        "--json"))
                .isEqualTo(ExitCode.OK);
        JsonNode answer = Json.MAPPER.readTree(out.toString());
        assertThat(answer.get("request").toString())
                .isEqualTo("{\"events_per_day\":1000,\"retention_days\":30,\"hot_window_days\":3,\"remember_days\":10,"
                        + "\"after_days\":60,\"payload_bytes\":5000,\"peak\":12.5,\"engine\":\"search\","
                        + "\"memory_price\":3.0,\"archive_price\":0.01}");
        assertThat(answer.get("measured").size()).isEqualTo(MeasuredFigure.values().length);
        assertThat(answer.get("costs").size()).isEqualTo(4);
        assertThat(answer.get("figures").get(0).get("name").stringValue()).isEqualTo("hot");
        assertThat(answer.get("figures").get(0).get("value").doubleValue()).isEqualTo(3_000.0 * 1_573);
        assertThat(answer.get("not_measured").size()).isEqualTo(4);
        assertThat(answer.get("warnings").isEmpty()).isTrue();
    }

    @Test
    void wrongWordsAreExplained() {
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(run("--events-per-day", "many")).isEqualTo(ExitCode.USAGE);
        assertThat(run("--events-per-day", "10", "--engine", "fast")).isEqualTo(ExitCode.USAGE);
        assertThat(run("--events-per-day", "10", "--hot-window", "100")).isEqualTo(ExitCode.USAGE);
        assertThat(run("--events-per-day", "10", "--server", "http://127.0.0.1:1"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("Missing required option: '--events-per-day=N'")
                .contains("--engine must be search or sorted-set: fast")
                .contains("days in the streams must not be more than days in Redis: 100, 90")
                .contains("size asks nobody: leave --server out");
    }

    private int run(String... arguments) {
        List<String> words = new ArrayList<>(List.of("size"));
        words.addAll(List.of(arguments));
        return Cli.run(TestSurroundings.withoutStores(out, err, Map.of(), Path.of("")), words.toArray(String[]::new));
    }
}
