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
 * @param parts of each partition that was asked, in the order of their numbers; at least one
 * @param bytes how long the lines are together
 * @param damaged events whose content is not what its hash says, as the ledger holds them: the first of them
 * @param damagedTotal how many such events there are
 */
public record ExportSummary(List<Part> parts, long bytes, List<EventId> damaged, long damagedTotal) {
    public ExportSummary {
        parts = List.copyOf(parts);
        damaged = List.copyOf(damaged);
    }

    /**
     * What it wrote of a partition.
     *
     * @param events how many events
     * @param firstSeq number of the first of them; 0 where there is none
     * @param lastSeq number of the last of them; 0 where there is none
     * @param asOf where the partition stood when the export began: nothing newer is in it
     * @param source which ledger it is of; empty for one without events
     * @param pruned what has gone from it for good, of the session where the export is of one: no line is of it
     */
    public record Part(
            long events,
            long firstSeq,
            long lastSeq,
            Head asOf,
            Optional<Original.Source> source,
            Pruning.Extent pruned) {}

    /** How many events. */
    public long events() {
        return parts.stream().mapToLong(Part::events).sum();
    }

    /** What several exports wrote. */
    static ExportSummary of(List<ExportSummary> all) {
        return new ExportSummary(
                all.stream().flatMap(one -> one.parts.stream()).toList(),
                all.stream().mapToLong(ExportSummary::bytes).sum(),
                all.stream()
                        .flatMap(one -> one.damaged.stream())
                        .limit(ExportRun.MAX_DAMAGED_NAMED)
                        .toList(),
                all.stream().mapToLong(ExportSummary::damagedTotal).sum());
    }
}
