// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.ops.Metrics;
import io.contextgraph.ops.Metrics.Reading;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/** What can be watched of erasures. */
public final class ErasureMetrics {
    private ErasureMetrics() {}

    /** How many are not at their end, whichever server works at them; NaN while the ledger fails or takes too long. */
    public static void standing(Metrics metrics, Supplier<List<ErasureReport>> reports, InstantSource clock) {
        metrics.store(
                reports,
                List.of(
                        new Reading<>(
                                "erasures.open",
                                "Erasures of persons that are not at their end, those that wait for a hold included",
                                List::size),
                        new Reading<>(
                                "erasures.open.oldest.seconds",
                                "How long ago the oldest of them was asked for; 0: there is none",
                                open -> oldest(open, clock.instant()))));
    }

    private static double oldest(List<ErasureReport> open, Instant now) {
        return open.stream()
                .map(ErasureReport::startedAt)
                .min(Comparator.naturalOrder())
                .map(started -> Duration.between(started, now).toMillis() / 1000.0)
                .orElse(0.0);
    }
}
