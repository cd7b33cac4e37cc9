// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.scaling;

import io.contextgraph.bench.report.Published;
import io.contextgraph.bench.report.Sections;
import io.contextgraph.bench.report.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The page about scaling: words by hand, what is simulated and calculated by this package, what was measured from the file of the
 * benchmark.
 */
public final class ScalingPage {
    private static final String PARTITIONS = "partitions";
    private static final String ENGINE = "search";
    private static final String SHARED_BATCHES = "batches of 100 of 20 sessions, 8 writers";
    private static final List<String> LOADS = List.of(
            "batches of 100 of one session, 8 writers",
            SHARED_BATCHES,
            "single events, 64 writers",
            "single events, 1 writer");
    private static final List<String> QUESTIONS =
            List.of("by session", "by trace", "by agent", "by type, within 10 minutes");
    private static final String BESIDE = "beside one";
    private static final String PAGES = "First pages of 100 on 1, 2 and 3 partitions";
    private static final String LOAD = "The same load on 1, 2 and 3 partitions";

    private final Published published;

    private ScalingPage(Published published) {
        this.published = published;
    }

    /** @param docs the folder with {@code scaling.md} and the folder {@code benchmarks} */
    public static Sections in(Path docs) throws IOException {
        ScalingPage page = new ScalingPage(Published.in(docs.resolve("benchmarks")));
        return new Sections(docs.resolve("scaling.md"), page::generated);
    }

    private String generated(String name) {
        return table(name).toMarkdown().strip() + "\n";
    }

    private Table table(String section) {
        return switch (section) {
            case "measured" -> measured();
            case "hot-sessions" -> new HotSessions().table();
            case "more-partitions" -> new Rebalancing().partitions();
            case "more-nodes" -> new Rebalancing().nodes();
            case "daily-loads" -> {
                double split = published.number(PARTITIONS, LOAD, List.of(ENGINE, SHARED_BATCHES, "3"), BESIDE);
                // What is less is no promise.
                yield new DailyLoad(Math.max(1, split)).table();
            }
            default -> throw new IllegalStateException("docs/scaling.md: no section " + section);
        };
    }

    /** A figure of each number of partitions, and what it is beside that of one. */
    private List<String> row(String shown, String table, String of, String column, String beside) {
        List<String> row = new ArrayList<>(List.of(shown));
        for (String partitions : List.of("1", "2", "3")) {
            List<String> beginning = List.of(ENGINE, of, partitions);
            String figure = published.cell(PARTITIONS, table, beginning, column);
            row.add(
                    partitions.equals("1")
                            ? figure
                            : "%s (%s)".formatted(figure, published.cell(PARTITIONS, table, beginning, beside)));
        }
        return row;
    }

    private Table measured() {
        List<List<String>> rows = new ArrayList<>();
        for (String load : LOADS) {
            rows.add(row(load + ": all nodes, us/event", LOAD, load, "all nodes, us/event", BESIDE));
            rows.add(row(
                    "fullest node, us/event of all",
                    LOAD,
                    load,
                    "fullest node, us/event of all",
                    "fullest beside one"));
            rows.add(row("events/s on this machine", LOAD, load, "events/s", "events/s beside one"));
        }
        for (String question : QUESTIONS) {
            rows.add(row("page " + question + ": all nodes, us/page", PAGES, question, "all nodes, us/page", BESIDE));
            rows.add(row("p50 ms on this machine", PAGES, question, "p50 ms", "p50 beside one"));
        }
        return new Table(
                "Measured: the same on 1, 2 and 3 partitions",
                List.of("what", "1 partition", "2", "3"),
                rows,
                List.of(
                        "Processor time of Redis, engine search, medians; in brackets beside one partition, the median of the ratios in each round. `bench/run partitions`: [all of it](benchmarks.md#partitions)."));
    }
}
