// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Metrics;
import io.contextgraph.ops.Metrics.Reading;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/** What can be watched of the projection. */
public final class ProjectionMetrics {
    private ProjectionMetrics() {}

    /** How far the graph is, whoever feeds it; NaN while the ledger fails or takes too long. */
    public static void progress(Metrics metrics, Supplier<EventFeed.Progress> progress, InstantSource clock) {
        metrics.store(
                progress,
                List.of(
                        new Reading<>(
                                "projection.lag.events",
                                "Events that the graph has not seen yet",
                                EventFeed.Progress::lag),
                        new Reading<>(
                                "projection.lag.seconds",
                                "How long the first of these has been in the ledger",
                                p -> seconds(p.lagTime(clock.instant()))),
                        new Reading<>(
                                "projection.pending.events",
                                "Events delivered and not acknowledged",
                                EventFeed.Progress::pending),
                        new Reading<>(
                                "projection.pending.oldest.seconds",
                                "How long the oldest of these has been in the ledger",
                                p -> seconds(p.pendingAge(clock.instant()))),
                        new Reading<>(
                                "projection.parked.events",
                                "Events that wait for an operator",
                                EventFeed.Progress::parked),
                        new Reading<>(
                                "projection.seen.seq",
                                "Everything up to this number is in the graph, or parked",
                                EventFeed.Progress::seenThroughSeq),
                        new Reading<>(
                                "projection.head.seq",
                                "Number of the newest event",
                                p -> p.head().seq())));
    }

    /**
     * What this process does for it.
     *
     * @param projection whether it gets anywhere
     */
    public static void work(Metrics metrics, ProjectionWorker worker, Check projection) {
        metrics.gauge(
                "contextgraph.projection.working",
                "1 while this process feeds the graph, 0 while it waits for a store or the graph comes no nearer",
                () -> projection.look().ready() ? 1 : 0);
        metrics.counter(
                "contextgraph.projection.projected.events",
                "Events that this process has projected, redelivered ones included",
                worker,
                w -> w.counters().projected());
        metrics.counter(
                "contextgraph.projection.failed.transactions",
                "Transactions of the projection that failed in this process",
                worker,
                w -> w.counters().failures());
        metrics.gauge(
                "contextgraph.projection.set.aside.events",
                "Events that failed on their own and that this process will try again",
                () -> worker.counters().setAside());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
