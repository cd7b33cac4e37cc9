// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import io.contextgraph.event.Event;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Fills a ledger through its port. */
public final class LedgerFill {
    private static final int BATCH = 1000;
    private static final int WRITERS = 2;

    private LedgerFill() {}

    /**
     * Appends the next events of the workload as fast as the ledger takes them.
     *
     * @param events how many
     * @param numbers where they go on
     */
    public static void fill(EventLog log, int events, AtomicLong numbers) throws Exception {
        // Two, so that one makes its arguments while the other waits.
        Load.all(
                WRITERS,
                events / BATCH,
                BATCH,
                writer -> first -> append(log, Workload.events(first, BATCH), Durability.MEMORY),
                numbers);
        int rest = events % BATCH;
        if (rest > 0) {
            append(log, Workload.events(numbers.getAndAdd(rest), rest), Durability.MEMORY);
        }
    }

    /**
     * Appends events that must be new.
     *
     * @return how many
     * @throws IOException where one of them was not new
     */
    public static int append(EventLog log, List<Event> events, Durability durability) throws IOException {
        for (AppendOutcome outcome :
                log.append(events.stream().map(Append::of).toList(), durability).outcomes()) {
            if (!(outcome instanceof AppendOutcome.Appended)) {
                throw new IOException("not appended: " + outcome);
            }
        }
        return events.size();
    }
}
