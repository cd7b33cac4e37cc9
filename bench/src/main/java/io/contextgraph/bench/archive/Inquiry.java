// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.archive;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveWatch;
import io.contextgraph.archive.GoneIds;
import io.contextgraph.archive.RememberingLedger;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Table;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * What it costs whoever appends that the archive is asked whether it has the event, and what those are told who send an event
 * again that has gone.
 */
public final class Inquiry {
    /** Events of one call. */
    public static final int BATCH = 100;

    private static final int PAIRS = 3;

    private final Partition ledger;
    private final AtomicLong numbers;
    private final Histogram without = new Histogram(3);
    private final Histogram with = new Histogram(3);
    private long memory;
    private long known;
    private double refused;

    /** @param numbers of events that are new */
    public Inquiry(Partition ledger, AtomicLong numbers) {
        this.ledger = ledger;
        this.numbers = numbers;
    }

    /**
     * Measures.
     *
     * @param folder for local copies
     * @param rounds in each of which both ways have some turns
     * @param gone the number of the first of {@value #BATCH} events that only the archive knows
     */
    public void run(Storage storage, Archive archive, Path folder, int rounds, long gone) throws IOException {
        GoneIds ids = new GoneIds(archive, folder.resolve("known"));
        if (!ids.refresh().isEmpty()) {
            throw new IOException("the archive must be whole");
        }
        memory = ids.memory();
        known = ids.size();
        try (ArchiveWatch watch = new ArchiveWatch(storage, ledger.epochs(), folder.resolve("watched"))) {
            watch.start();
            EventLog remembering = new RememberingLedger(ledger, watch, true).log();
            for (int round = 0; round < rounds; round++) {
                for (int pair = 0; pair < PAIRS; pair++) {
                    without.recordValue(append(ledger.log(), numbers.getAndAdd(BATCH), AppendOutcome.Appended.class));
                    with.recordValue(append(remembering, numbers.getAndAdd(BATCH), AppendOutcome.Appended.class));
                }
            }
            long took = 0;
            for (int round = 0; round < rounds; round++) {
                took += append(remembering, gone, AppendOutcome.Gone.class);
            }
            refused = 1e9 * rounds * BATCH / took;
        }
    }

    /** @return how long it took, in nanoseconds */
    private static long append(EventLog log, long first, Class<? extends AppendOutcome> wanted) throws IOException {
        List<Append> appends =
                Workload.events(first, BATCH).stream().map(Append::of).toList();
        long begun = System.nanoTime();
        List<AppendOutcome> outcomes = log.append(appends, Durability.MEMORY).outcomes();
        long took = System.nanoTime() - begun;
        for (AppendOutcome outcome : outcomes) {
            if (!wanted.isInstance(outcome)) {
                throw new IOException("not " + wanted.getSimpleName() + ": " + outcome);
            }
        }
        return took;
    }

    private double share() {
        return 100 * (with.getValueAtPercentile(50) / (double) without.getValueAtPercentile(50) - 1);
    }

    /** What was measured. */
    public Table table() {
        return new Table(
                "Asking the archive before an event is appended",
                List.of("appends", "us/event p50", "us/event p99"),
                List.of(row("without it", without), row("with it", with)),
                List.of(
                        "Batches of %d, in turns, %,d of each, through the port. The archive has %,d events, of which the filters in memory take %,d bytes: %.1f bits each."
                                .formatted(
                                        BATCH,
                                        with.getTotalCount(),
                                        known,
                                        memory,
                                        (double) Byte.SIZE * memory / known),
                        "Events sent again of which only the archive knows that they have gone: %,.0f a second are told so."
                                .formatted(refused)));
    }

    private static List<String> row(String name, Histogram taken) {
        return List.of(
                name,
                "%.1f".formatted(taken.getValueAtPercentile(50) / 1e3 / BATCH),
                "%.1f".formatted(taken.getValueAtPercentile(99) / 1e3 / BATCH));
    }

    /** What is wanted. */
    public Figure figure() {
        return Figure.atMost("what it costs an append that the archive is asked", 5, share(), "%.1f%%");
    }
}
