// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.archive;

import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.Neo4jServer;
import io.contextgraph.operation.Watcher.Phase;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.retention.CeilingUpkeep;
import io.contextgraph.retention.RetentionSettings;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * How fast events leave the ledger and come back, and what those see of it who append.
 *
 * @param quiet those that left while nothing else happened
 * @param busy those that left while others came in
 * @param back those that came back
 */
public record Passages(Passage quiet, Passage busy, Passage back) {
    /** What there is between a ledger that has the events and an archive that is proven to have them. */
    private static final Phase[] ARCHIVING = {CeilingUpkeep.Phase.ARCHIVING, CeilingUpkeep.Phase.VERIFYING};

    /** @param events how many */
    public record Passage(long events, PhaseClock clock) {
        private double rate(Phase... phases) {
            return events / clock.seconds(phases);
        }

        private String shown(Phase... phases) {
            return "%,.0f".formatted(rate(phases));
        }
    }

    /** @param segmentEvents most events of a segment */
    public Table rates(int segmentEvents) {
        List<List<String>> rows = new ArrayList<>();
        for (Phase phase : CeilingUpkeep.Phase.values()) {
            rows.add(row(phase.wireName(), phase));
        }
        rows.add(row("from the ledger to a verified archive", ARCHIVING));
        rows.add(row("all of it", CeilingUpkeep.Phase.values()));
        rows.add(List.of("restoring, verified first", back.shown(Restorer.Phase.values()), ""));
        return new Table(
                "Leaving and coming back",
                List.of("what", "events/s", "events/s beside appends"),
                rows,
                List.of(
                        "%,d events in segments of up to %,d leave, then %,d while others come in, and the first come back. Archive: a folder on this machine's disk."
                                .formatted(quiet.events(), segmentEvents, busy.events()),
                        "With the rests of %d ms between steps that retention takes, as set by default."
                                .formatted(RetentionSettings.DEFAULT.pause().toMillis()),
                        Neo4jServer.describe(),
                        Workload.describe()));
    }

    private List<String> row(String name, Phase... phases) {
        return List.of(name, quiet.shown(phases), busy.shown(phases));
    }

    /**
     * What appends took.
     *
     * @param alone while nothing left
     * @param load how they came
     */
    public Table appends(Load.Result alone, String load) {
        return new Table(
                "Appends while events leave",
                List.of("meanwhile", "appends", "p50 ms", "p99 ms", "p99.9 ms", "longest ms"),
                List.of(
                        row("nothing", alone.latency()),
                        row("archiving and verifying", busy.clock().meanwhile(ARCHIVING)),
                        row("summarizing", busy.clock().meanwhile(CeilingUpkeep.Phase.SUMMARIZING)),
                        row("deleting", deleting())),
                List.of(load));
    }

    private Histogram deleting() {
        return busy.clock().meanwhile(CeilingUpkeep.Phase.PRUNING);
    }

    private static List<String> row(String name, Histogram latency) {
        return List.of(
                name,
                "%,d".formatted(latency.getTotalCount()),
                millis(latency, 50),
                millis(latency, 99),
                millis(latency, 99.9),
                millis(latency, 100));
    }

    private static String millis(Histogram latency, double percentile) {
        return "%.2f".formatted(latency.getValueAtPercentile(percentile) / 1e6);
    }

    /** What is wanted. */
    public List<Figure> figures(Load.Result alone) {
        return List.of(
                Figure.atLeast(
                        "From the ledger to a verified archive: events/s", 20_000, quiet.rate(ARCHIVING), "%,.0f"),
                Figure.atMost(
                        "p99 of an append while events are deleted, of what it is without",
                        3,
                        deleting().getValueAtPercentile(99) / 1e6 / alone.millis(99),
                        "%.1f times"),
                Figure.atLeast(
                        "Restored from the archive: events/s", 10_000, back.rate(Restorer.Phase.values()), "%,.0f"));
    }
}
