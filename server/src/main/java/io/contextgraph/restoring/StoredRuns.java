// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.prune.SeqRun;
import java.util.List;
import java.util.stream.Stream;

/** What a ledger has of runs of numbers. */
public final class StoredRuns {
    private StoredRuns() {}

    /** The events that it has of a run, in order, read as they are asked for. */
    public static Stream<RecordedEvent> events(EventOrder order, SeqRun run) {
        return Stream.iterate(page(order, run, run.from() - 1), page -> !page.isEmpty(), page -> {
                    long last = page.getLast().seq();
                    return last < run.to() ? page(order, run, last) : List.of();
                })
                .flatMap(List::stream)
                .filter(event -> run.has(event.seq()));
    }

    private static List<RecordedEvent> page(EventOrder order, SeqRun run, long after) {
        return order.read(after, (int) Math.min(Pruning.MAX_STEP, run.to() - after));
    }
}
