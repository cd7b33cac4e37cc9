// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.stall.Cause;
import io.contextgraph.bench.stall.Evidence;
import io.contextgraph.bench.stall.RedisWatch;
import io.contextgraph.bench.tail.Samples.Sample;
import io.contextgraph.bench.tail.TailBenchmark.Measured;
import io.contextgraph.ledger.redis.client.Engine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is told of the tail. */
class TailReportTest {
    private static final long MILLI = 1_000_000;
    private static final TailBenchmark.Options OPTIONS = new TailBenchmark.Options(
            Engine.SEARCH, TailBenchmark.EVENTS, 1000, 16, Duration.ofSeconds(10), Duration.ofMinutes(1));

    /** A request each millisecond, answered after one, but after {@code late} where {@code from <= due < to}. */
    private static Samples samples(long from, long to, long late) {
        List<Sample> all = new ArrayList<>();
        for (long due = 0; due < 10_000; due++) {
            long took = due >= from && due < to ? late : 1;
            all.add(new Sample(due * MILLI, due * MILLI, (due + took) * MILLI));
        }
        return new Samples(all);
    }

    private static Measured measured(Samples samples, List<Window> rewrites, List<Evidence> evidence) {
        ServerHistogram counted =
                new ServerHistogram(new TreeMap<>(Map.of(0.005, 99.0, Double.POSITIVE_INFINITY, 100.0)));
        RedisWatch.Figures did = new RedisWatch.Figures(1, 1, 31_000, 0, 0, 0, 0, 0);
        return new Measured(samples, rewrites, evidence, did, counted, counted, 0, OptionalDouble.of(0.25));
    }

    private static final Measured QUIET = measured(samples(0, 0, 0), List.of(), List.of());

    @Test
    void onlyWhatWasDueDuringARewriteCountsInItsRow() {
        Measured rewriting =
                measured(samples(2_000, 2_030, 9), List.of(new Window(2_000 * MILLI, 3_000 * MILLI)), List.of());
        Report report = new TailReport(OPTIONS, QUIET, rewriting).report(Map.of());
        assertThat(report.command()).isEqualTo("bench/run tail");
        assertThat(report.tables().getFirst().rows())
                .extracting(row -> row.subList(0, 5))
                .containsExactly(
                        List.of("nothing", "10,000", "1.00", "1.00", "1.00"),
                        List.of("rewrites of the append-only file", "1,000", "1.00", "9.00", "9.00"));
        assertThat(report.tables().getFirst().notes())
                .anyMatch(note -> note.contains("1, one after another, 1.0 s long; the longest fork took 31.0 ms"))
                .anyMatch(note -> note.startsWith("No table of Redis grew meanwhile"))
                .anyMatch(note -> note.contains("had 0.25 processors at work meanwhile, and 0.25 beside the rewrites"));
        assertThat(report.figures()).extracting(Figure::measured).containsExactly("1.00 ms", "1.00 ms", "9.00 ms");
    }

    @Test
    void growthOfATableIsToldApartWithBothFigures() {
        Measured grown = measured(
                samples(5_000, 5_300, 300),
                List.of(),
                List.of(new Evidence(Cause.GROWTH, 5_000 * MILLI, 5_310 * MILLI, 300 * MILLI, "JSON.MSET")));
        Measured rewriting = measured(samples(0, 0, 0), List.of(new Window(2_000 * MILLI, 3_000 * MILLI)), List.of());
        Report report = new TailReport(OPTIONS, grown, rewriting).report(Map.of());
        assertThat(report.tables().getFirst().rows())
                .extracting(row -> row.subList(0, 4))
                .containsExactly(
                        List.of("nothing", "10,000", "1.00", "300.00"),
                        List.of("nothing, growth of tables apart", "9,401", "1.00", "1.00"),
                        List.of("rewrites of the append-only file", "1,000", "1.00", "1.00"));
        assertThat(report.tables().getFirst().notes())
                .anyMatch(note -> note.startsWith("Tables of Redis grew 1 times meanwhile"));
        // The figure is without it: growth has its own.
        assertThat(report.figures().getFirst().measured()).isEqualTo("1.00 ms");
        // And the pause is named.
        assertThat(report.tables().get(2).rows().getFirst().subList(0, 2)).containsExactly("300.0", "table growth");
    }

    @Test
    void anotherSizeIsNamedInTheCommand() {
        TailBenchmark.Options small = new TailBenchmark.Options(
                Engine.SEARCH, 1_000, 1000, 16, Duration.ofSeconds(10), Duration.ofSeconds(3));
        Measured rewriting = measured(samples(0, 0, 0), List.of(new Window(0, 1_000 * MILLI)), List.of());
        assertThat(new TailReport(small, QUIET, rewriting).report(Map.of()).command())
                .isEqualTo("bench/run tail --events 1000 --minutes 0.05");
    }
}
