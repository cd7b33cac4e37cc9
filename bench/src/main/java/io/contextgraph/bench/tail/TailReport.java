// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.tail;

import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.stall.Explained;
import io.contextgraph.bench.stall.Stall;
import io.contextgraph.bench.tail.TailBenchmark.Measured;
import io.contextgraph.bench.tail.TailBenchmark.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What two measurements of the tail say, as tables and figures. Pure. */
final class TailReport {
    private static final List<Double> BOUNDS_MILLIS = List.of(0.5, 1.0, 2.0, 5.0);
    private static final int SHOWN = 10;
    private static final String APART = ", growth of tables apart";

    private final Options options;
    private final Measured quiet;
    private final Measured rewriting;
    private final List<Window> growths;

    TailReport(Options options, Measured quiet, Measured rewriting) {
        this.options = options;
        this.quiet = quiet;
        this.rewriting = rewriting;
        this.growths = new ArrayList<>(quiet.samples().growths(quiet.evidence()));
        growths.addAll(rewriting.samples().growths(rewriting.evidence()));
    }

    Report report(Map<String, String> setting) {
        return new Report(
                command(),
                setting,
                List.of(clients(), server(), pauses("nothing", quiet), pauses("a rewrite", rewriting)),
                figures());
    }

    private String command() {
        StringBuilder command = new StringBuilder("bench/run tail");
        if (options.events() != TailBenchmark.EVENTS) {
            command.append(" --events ").append(options.events());
        }
        if (!options.time().equals(Duration.ofMinutes(1))) {
            command.append(" --minutes ").append(options.time().toMillis() / 60e3);
        }
        return command.toString();
    }

    private Samples quiet() {
        return quiet.samples();
    }

    /** Those that were due while a rewrite was under way. */
    private Samples rewriting() {
        return rewriting.samples().within(rewriting.rewrites());
    }

    private Table clients() {
        List<List<String>> rows = new ArrayList<>();
        add(rows, "nothing", quiet());
        add(rows, "rewrites of the append-only file", rewriting());
        return new Table(
                "The tail: single appends at %,d a second into a ledger of %,d events"
                        .formatted(options.rate(), options.events()),
                List.of(
                        "meanwhile",
                        "requests",
                        "p50 ms",
                        "p99 ms",
                        "p99.9 ms",
                        "longest ms",
                        "within 5 ms",
                        "begun late by, p50 ms",
                        "p99 ms "),
                rows,
                List.of(
                        "Over HTTP and %d connections, each with every %dth request. Latency counts from the moment when a request is due, whether earlier ones have been answered or not: all that waits behind a pause has waited."
                                .formatted(options.connections(), options.connections()),
                        "`begun late`: by how much the load generator, which shares the machine, began after that moment; it is part of the latency. A connection that waits for an answer begins late, too.",
                        "%,d s at the rate for each row, after %,d s of warming up. %s"
                                .formatted(
                                        options.time().toSeconds(),
                                        options.warmUp().toSeconds(),
                                        rewrites()),
                        growth(),
                        others(),
                        Workload.describe()));
    }

    private void add(List<List<String>> rows, String meanwhile, Samples samples) {
        rows.add(row(meanwhile, samples));
        Samples apart = samples.without(growths);
        if (apart.all().size() < samples.all().size()) {
            rows.add(row(meanwhile + APART, apart));
        }
    }

    private static List<String> row(String meanwhile, Samples samples) {
        return List.of(
                meanwhile,
                "%,d".formatted(samples.all().size()),
                millis(samples.millis(50)),
                millis(samples.millis(99)),
                millis(samples.millis(99.9)),
                millis(samples.millis(100)),
                "%.2f%%".formatted(samples.within(5)),
                millis(samples.begunLate().millis(50)),
                millis(samples.begunLate().millis(99)));
    }

    private static String millis(double millis) {
        return "%.2f".formatted(millis);
    }

    private String rewrites() {
        return "%s: %d, one after another, %s s long; the longest fork took %.1f ms. Only what was due while one was under way counts in its row."
                .formatted(
                        "Rewrites (`BGREWRITEAOF`)",
                        rewriting.rewrites().size(),
                        rewriting.rewrites().stream()
                                .map(window -> "%.1f".formatted(window.seconds()))
                                .collect(Collectors.joining(", ")),
                        rewriting.did().longestForkMicros() / 1e3);
    }

    private String others() {
        if (quiet.others().isEmpty() || rewriting.others().isEmpty()) {
            return "Whether others worked on the machine meanwhile, this system does not tell.";
        }
        return "Others on the machine, its own kernel among them, had %.2f processors at work meanwhile, and %.2f beside the rewrites: with much more than a tenth this is their tail."
                .formatted(quiet.others().getAsDouble(), rewriting.others().getAsDouble());
    }

    private String growth() {
        String seen = growths.stream()
                .map(window -> "%.0f ms".formatted(window.seconds() * 1e3))
                .collect(Collectors.joining(", "));
        return growths.isEmpty()
                ? "No table of Redis grew meanwhile, by its slow log (see [pauses](#pauses), which `bench/run stall` measures)."
                : "Tables of Redis grew %d times meanwhile, by its slow log, and it took until all that waited was made up for: %s (see [pauses](#pauses))."
                        .formatted(growths.size(), seen);
    }

    private Table server() {
        List<String> columns = new ArrayList<>(List.of("meanwhile", "the server's own count of"));
        BOUNDS_MILLIS.forEach(bound -> columns.add((columns.size() == 2 ? "within " : "") + bound + " ms"));
        columns.addAll(List.of("p50 ms", "p99 ms"));
        return new Table(
                "The same as the server counts it",
                columns,
                List.of(
                        row("nothing", "whole requests", quiet.requests()),
                        row("nothing", "the ledger alone", quiet.appends()),
                        row("rewrites and rests between them", "whole requests", rewriting.requests()),
                        row("rewrites and rests between them", "the ledger alone", rewriting.appends())),
                List.of(
                        "The server knows its latency by buckets only: `up to` is the bound of the one that holds the percentile.",
                        "It knows only of what it has been sent. While Redis stands still each connection has one request with it, and all that comes due meanwhile is with the clients: it counts %d late ones for each pause, however long, where clients count all that were due."
                                .formatted(options.connections())));
    }

    private static List<String> row(String meanwhile, String what, ServerHistogram counted) {
        List<String> row = new ArrayList<>(List.of(meanwhile, what));
        row.addAll(counted.shares(BOUNDS_MILLIS));
        row.addAll(List.of(counted.bound(50), counted.bound(99)));
        return row;
    }

    private static Table pauses(String meanwhile, Measured measured) {
        List<List<String>> rows = Stall.merged(measured.samples().stalls()).stream()
                .limit(SHOWN)
                .map(stall -> Explained.of(stall, measured.evidence()))
                .map(one -> List.of(
                        "%.1f".formatted(one.stall().nanos() / 1e6),
                        one.cause().shown(),
                        "%.1f".formatted((one.stall().from() - measured.begun()) / 1e9),
                        one.seen().isEmpty() ? "nothing" : one.seen()))
                .collect(Collectors.toList());
        if (rows.isEmpty()) {
            rows.add(List.of("none", "", "", ""));
        }
        return new Table(
                "The longest waits, meanwhile " + meanwhile,
                List.of("wait, ms", "cause", "at, s", "what was seen within it"),
                rows,
                List.of(
                        "Waits of more than %d ms; those that several requests had at once count once. Causes as under [pauses](#pauses)."
                                .formatted(Samples.LATE_NANOS / 1_000_000)));
    }

    private List<Figure> figures() {
        Samples apart = quiet().without(growths);
        String name = "Append latency at %,d events/s in a ledger of %,d events, "
                .formatted(options.rate(), options.events());
        return List.of(
                Figure.atMost(name + "p99", 5, apart.millis(99), "%.2f ms"),
                Figure.atMost(name + "p99.9", 20, apart.millis(99.9), "%.2f ms"),
                Figure.atMost(
                        name + "during rewrites of the append-only file, p99",
                        10,
                        rewriting().without(growths).millis(99),
                        "%.2f ms"));
    }
}
