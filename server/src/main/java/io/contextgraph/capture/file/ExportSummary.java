// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.prune.Pruning;
import java.util.List;
import java.util.Optional;

/**
 * What an export wrote.
 *
 * @param events how many events
 * @param firstSeq number of the first of them; 0 where there is none
 * @param lastSeq number of the last of them; 0 where there is none
 * @param bytes how long their lines are together
 * @param asOf where the ledger stood when the export began: nothing newer is in it
 * @param source which ledger it is; empty for one without events
 * @param damaged events whose content is not what its hash says, as the ledger holds them: the first of them
 * @param damagedTotal how many such events there are
 * @param pruned what has gone from the ledger for good, of the session where the export is of one: no line is of it
 */
public record ExportSummary(
        long events,
        long firstSeq,
        long lastSeq,
        long bytes,
        Head asOf,
        Optional<Original.Source> source,
        List<EventId> damaged,
        long damagedTotal,
        Pruning.Extent pruned) {
    public ExportSummary {
        damaged = List.copyOf(damaged);
    }
}
