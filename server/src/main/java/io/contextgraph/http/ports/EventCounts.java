// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.ports;

import io.contextgraph.intake.Judged;
import io.contextgraph.intake.Verdict;
import io.contextgraph.ops.Metrics;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;

/**
 * Counts what becomes of events that clients send as such, one by one, as a batch or line by line.
 *
 * <p><b>Guarantees.</b> Received = stored + duplicate + refused, as soon as all is answered: what the ledger failed at counts as
 * refused, and may be in the ledger. Lines whose answer nobody could be given count as nothing.
 *
 * <p><b>Threads.</b> Safe for threads; a tally is for one.
 */
public final class EventCounts {
    private enum Outcome {
        STORED,
        DUPLICATE,
        REFUSED
    }

    private final LongConsumer received;
    private final Map<Outcome, LongConsumer> outcomes = new EnumMap<>(Outcome.class);

    /** Adds to the counters of {@code metrics}, which are the same for all who count. */
    public EventCounts(Metrics metrics) {
        this.received =
                metrics.counter("contextgraph.http.events.received", "Events that clients have sent, OTLP apart");
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(
                    outcome,
                    metrics.counter(
                            "contextgraph.http.events",
                            "Events that clients have sent, OTLP apart, by what became of them; together as many as received",
                            "outcome",
                            outcome.name().toLowerCase(Locale.ROOT)));
        }
    }

    /** Some events have come. */
    public Tally begin(int events) {
        received.accept(events);
        return new Tally(events);
    }

    /** Those that came together. */
    public final class Tally implements AutoCloseable {
        private final int events;
        private int stored;
        private int duplicates;

        private Tally(int events) {
            this.events = events;
        }

        /** What was answered for one of them. */
        public void add(Judged judged) {
            if (judged instanceof Verdict.Taken taken) {
                stored += taken.duplicate() ? 0 : 1;
                duplicates += taken.duplicate() ? 1 : 0;
            }
        }

        /** The same for several. */
        public void addAll(List<Judged> judged) {
            judged.forEach(this::add);
        }

        /** All that is not taken is refused. */
        @Override
        public void close() {
            count(Outcome.STORED, stored);
            count(Outcome.DUPLICATE, duplicates);
            count(Outcome.REFUSED, events - stored - duplicates);
        }

        private void count(Outcome outcome, int count) {
            if (count > 0) {
                Objects.requireNonNull(outcomes.get(outcome)).accept(count);
            }
        }
    }
}
