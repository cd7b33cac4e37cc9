// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.Head;
import java.util.List;

/**
 * What an export wrote.
 *
 * @param events how many events
 * @param firstSeq number of the first of them; 0 where there is none
 * @param lastSeq number of the last of them; 0 where there is none
 * @param bytes how long their lines are together
 * @param asOf where the ledger stood when the export began: nothing newer is in it
 * @param damaged events whose content is not what its hash says, as the ledger holds them: the first of them
 * @param damagedTotal how many such events there are
 */
public record ExportSummary(
        long events, long firstSeq, long lastSeq, long bytes, Head asOf, List<EventId> damaged, long damagedTotal) {
    public ExportSummary {
        damaged = List.copyOf(damaged);
    }
}
