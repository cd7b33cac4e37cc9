// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.archive.ArchiveFault;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What came of a restore.
 *
 * @param dryRun whether nothing was to be written
 * @param segments how many were read and found whole
 * @param restored events that were brought back, or would be
 * @param there events of the segments that the ledger has anyway
 * @param refused events that the ledger does not take: it has another one of the id, or had this one
 * @param keptUntil before then the ceiling leaves them alone; empty where they were appended anew
 * @param faults why nothing was written; empty where nothing is wrong
 */
public record RestoreReport(
        boolean dryRun,
        int segments,
        long restored,
        long there,
        long refused,
        Optional<Instant> keptUntil,
        List<ArchiveFault> faults) {
    public RestoreReport {
        faults = List.copyOf(faults);
    }
}
