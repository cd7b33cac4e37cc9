// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.format.Refusal;
import io.contextgraph.ledger.LedgerException;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What an import did.
 *
 * @param files one report for each file that was looked at, in the order of the import
 * @param skipped files that were passed over on purpose, with the reason
 * @param refused paths that could not be looked at
 * @param sessions how many sessions were met in all files together
 * @param failure why the import stopped early; empty when it went through. What was appended before stays, and the
 *     same import can be started again
 */
public record ImportSummary(
        List<FileReport> files,
        List<Refusal> skipped,
        List<Refusal> refused,
        long sessions,
        Optional<LedgerException> failure) {
    public ImportSummary {
        files = List.copyOf(files);
        skipped = List.copyOf(skipped);
        refused = List.copyOf(refused);
    }

    /**
     * What became of one file.
     *
     * @param file how it is called
     * @param format what it held
     * @param bytes its size on disk
     * @param sessions how many sessions its events belong to
     * @param events valid events read from it, the sum of the next three
     * @param added new in the ledger
     * @param duplicates in the ledger before
     * @param conflicts refused by the ledger: another event has the id
     * @param passedOver what is on purpose no event: spans that are no agent, model or tool work, demonstrations
     * @param refused how many things could not be read, or were events that the ledger cannot take
     * @param refusals the first of what was refused, conflicts included
     */
    public record FileReport(
            String file,
            Format format,
            long bytes,
            long sessions,
            long events,
            long added,
            long duplicates,
            long conflicts,
            long passedOver,
            long refused,
            List<Refusal> refusals) {
        public FileReport {
            refusals = List.copyOf(refusals);
        }
    }

    public long events() {
        return sum(FileReport::events);
    }

    public long added() {
        return sum(FileReport::added);
    }

    public long duplicates() {
        return sum(FileReport::duplicates);
    }

    public long conflicts() {
        return sum(FileReport::conflicts);
    }

    public long passedOver() {
        return sum(FileReport::passedOver);
    }

    /** Everything that was refused: in files, and paths. */
    public long refusedTotal() {
        return sum(FileReport::refused) + refused.size();
    }

    private long sum(ToLongFunction<FileReport> of) {
        return files.stream().mapToLong(of).sum();
    }
}
