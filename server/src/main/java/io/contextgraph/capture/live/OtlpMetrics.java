// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import io.contextgraph.ops.Metrics;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;

/** What can be watched of what exporters send. */
final class OtlpMetrics {
    /** What became of a record. */
    private enum Outcome {
        /** A new event. */
        ADDED,
        /** The ledger had it. */
        DUPLICATE,
        REFUSED,
        /** Left out by {@code capture.skip}. */
        SKIPPED
    }

    private final Map<Signal, Map<Outcome, LongConsumer>> counters = new EnumMap<>(Signal.class);

    OtlpMetrics(Metrics metrics) {
        for (Signal signal : Signal.values()) {
            Map<Outcome, LongConsumer> ofSignal = new EnumMap<>(Outcome.class);
            for (Outcome outcome : Outcome.values()) {
                ofSignal.put(
                        outcome,
                        metrics.counter(
                                "contextgraph.otlp.records",
                                "Records of OTLP that were received, by what became of them",
                                "signal",
                                signal.wireName(),
                                "outcome",
                                outcome.name().toLowerCase(Locale.ROOT)));
            }
            counters.put(signal, ofSignal);
        }
    }

    void count(Signal signal, Sending sent) {
        Map<Outcome, LongConsumer> ofSignal = Objects.requireNonNull(counters.get(signal));
        add(ofSignal, Outcome.ADDED, sent.added());
        add(ofSignal, Outcome.DUPLICATE, sent.duplicates());
        add(ofSignal, Outcome.REFUSED, sent.reasons().total());
        add(
                ofSignal,
                Outcome.SKIPPED,
                sent.left().values().stream().mapToLong(Long::longValue).sum());
    }

    private static void add(Map<Outcome, LongConsumer> counters, Outcome outcome, long count) {
        if (count > 0) {
            Objects.requireNonNull(counters.get(outcome)).accept(count);
        }
    }
}
