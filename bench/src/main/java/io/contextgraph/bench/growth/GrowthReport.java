// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.growth;

import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.plot.LinePlot;
import io.contextgraph.bench.plot.LinePlot.Point;
import io.contextgraph.bench.plot.LinePlot.Scale;
import io.contextgraph.bench.plot.LinePlot.Series;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Table;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What was measured at several sizes, as a table, plots and sentences. Pure. */
final class GrowthReport {
    private static final List<Integer> STANDARD = List.of(10_000, 100_000, 1_000_000);

    /** What the page plot shows, by the names of its lines. */
    private static final List<Map.Entry<String, Measure>> PAGES = List.of(
            Map.entry("by session", Measure.SESSION),
            Map.entry("by trace", Measure.TRACE),
            Map.entry("by agent", Measure.AGENT),
            Map.entry("by type, 10 minutes", Measure.TYPE),
            Map.entry("deep, by time", Measure.DEEP_TIME),
            Map.entry("deep, in commit order", Measure.DEEP_COMMIT));

    private final Map<Integer, Map<Measure, Double>> measured;
    private final List<Integer> sizes;
    private final int samples;
    private final int rounds;
    private final int soon;

    /**
     * @param measured by number of events, ascending
     * @param samples pages of each kind
     * @param rounds of each size below {@code soon}
     * @param soon from which size on there is one round
     */
    GrowthReport(Map<Integer, Map<Measure, Double>> measured, int samples, int rounds, int soon) {
        this.measured = measured;
        this.sizes = List.copyOf(measured.keySet());
        this.samples = samples;
        this.rounds = rounds;
        this.soon = soon;
    }

    Report report(Map<String, String> setting) {
        String asked = sizes.equals(STANDARD)
                ? ""
                : " --events " + sizes.stream().map(String::valueOf).collect(Collectors.joining(","));
        return new Report(
                "bench/run growth" + asked,
                setting,
                List.of(table()),
                figures(),
                List.of(append(), pages(), memory(), restart(), examine()));
    }

    private double value(int size, Measure measure) {
        Double value = measured.getOrDefault(size, Map.of()).get(measure);
        if (value == null) {
            throw new IllegalStateException("not measured at %,d events: %s".formatted(size, measure.shown()));
        }
        return value;
    }

    private Table table() {
        List<String> columns = new ArrayList<>(List.of("what"));
        sizes.forEach(size -> columns.add("%,d events".formatted(size)));
        List<List<String>> rows = new ArrayList<>();
        for (Measure measure : Measure.values()) {
            List<String> row = new ArrayList<>(List.of(measure.shown()));
            sizes.forEach(size -> row.add(measure.show(value(size, measure))));
            rows.add(row);
        }
        return new Table(
                "What a ledger costs as it grows",
                columns,
                rows,
                List.of(
                        "Each size on a Redis of its own; below %,d events the medians of %d rounds."
                                .formatted(soon, rounds),
                        "Append: the second half of the events, in batches of 100 by 8 writers through the ledger's port; processor time of whole processes. Growth of tables and rewrites of the file that fall into it are in it.",
                        "Pages of 100 through the port, one after another, %,d of each kind; the deep page is in the middle of the ledger, but no further than page 5,000."
                                .formatted(samples),
                        "Memory: growth of `used_memory`. Restart: after an orderly end (`SHUTDOWN NOSAVE`), until a session has been read; the file is in the machine's page cache.",
                        "Examination: what `contextgraph ledger examine` does, every event against all that is stored of it, in the process of the benchmark. How long it takes to compare ledger and graph (`verify`), `bench/run graph` tells.",
                        Workload.describe()));
    }

    private Scaling each(Measure measure) {
        return new Scaling(
                sizes, sizes.stream().map(size -> value(size, measure)).toList());
    }

    /** Of one event, in microseconds, where all of them take seconds. */
    private Scaling perEvent(Measure measure) {
        return new Scaling(
                sizes,
                sizes.stream().map(size -> value(size, measure) * 1e6 / size).toList());
    }

    private List<Figure> figures() {
        String beside = ", at %,d events beside %,d".formatted(sizes.getLast(), sizes.getFirst());
        return List.of(
                figure("Redis's cost of an append" + beside, each(Measure.APPEND_REDIS)),
                figure("Memory of an event" + beside, each(Measure.MEMORY)),
                figure("Restart, for an event" + beside, perEvent(Measure.RESTART)),
                figure("Examination, for an event" + beside, perEvent(Measure.EXAMINE)));
    }

    private static Figure figure(String name, Scaling scaling) {
        return Figure.atMost(name, Scaling.SAME, scaling.ratio(), "%.2f times");
    }

    private LinePlot append() {
        return plot(
                "growth-append",
                "Append cost",
                "processor time, us/event",
                Scale.LINEAR,
                List.of(line("Redis", Measure.APPEND_REDIS), line("port and load generator", Measure.APPEND_PORT)),
                "The cost of an append. Redis: %s. Port and load generator: %s."
                        .formatted(
                                each(Measure.APPEND_REDIS).sentence("%.1f us", "constant"),
                                each(Measure.APPEND_PORT).sentence("%.1f us", "constant")));
    }

    private LinePlot pages() {
        String said = PAGES.stream()
                .map(page -> page.getKey() + " " + each(page.getValue()).sentence("%.2f ms", "constant"))
                .collect(Collectors.joining("; "));
        return plot(
                "growth-pages",
                "Page times, p50",
                "p50, ms",
                Scale.LINEAR,
                PAGES.stream().map(page -> line(page.getKey(), page.getValue())).toList(),
                "The time of a page, p50: " + said + ".");
    }

    private LinePlot memory() {
        return plot(
                "growth-memory",
                "Memory",
                "RAM, bytes/event",
                Scale.LINEAR,
                List.of(line("Redis", Measure.MEMORY)),
                "Memory. One event takes %s.".formatted(each(Measure.MEMORY).sentence("%,.0f bytes", "linear")));
    }

    private LinePlot restart() {
        return total(
                "growth-restart",
                "Restart: from the start of Redis to the first answers",
                Measure.RESTART,
                "A restart. For one event it takes %s.");
    }

    private LinePlot examine() {
        return total(
                "growth-examine",
                "Examination of all that is stored",
                Measure.EXAMINE,
                "An examination. For one event it takes %s.");
    }

    /** Seconds, and beside them what they would be in proportion to the largest. */
    private LinePlot total(String name, String title, Measure measure, String caption) {
        double last = value(sizes.getLast(), measure) / sizes.getLast();
        List<Point> guide = sizes.stream()
                .map(size -> new Point(size, rounded(last * size)))
                .toList();
        return plot(
                name,
                title,
                "seconds",
                Scale.LOGARITHMIC,
                List.of(line("measured", measure), new Series("in proportion", true, guide)),
                caption.formatted(perEvent(measure).sentence("%.1f us", "linear")));
    }

    private static LinePlot plot(
            String name, String title, String upTitle, Scale scale, List<Series> series, String caption) {
        return new LinePlot(name, title, "events in the ledger", upTitle, scale, series, caption);
    }

    private Series line(String name, Measure measure) {
        return new Series(
                name,
                false,
                sizes.stream()
                        .map(size -> new Point(size, rounded(value(size, measure))))
                        .toList());
    }

    /** Four digits are more than is known. */
    private static double rounded(double value) {
        return new BigDecimal(value).round(new MathContext(4)).doubleValue();
    }
}
