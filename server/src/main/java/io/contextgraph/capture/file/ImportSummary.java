// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.Refusal;
import io.contextgraph.capture.text.Replaced;
import io.contextgraph.event.Fault;
import io.contextgraph.intake.NamedPersons;
import io.contextgraph.ledger.LedgerException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/**
 * What an import did.
 *
 * @param files one report for each file that was looked at, in the order of the import
 * @param skipped files that were passed over on purpose, with the reason
 * @param refused paths that could not be looked at
 * @param notes what is to be told about runs of the same name, a sentence each
 * @param sessions how many sessions were met in all files together
 * @param failure why the import stopped early; empty when it went through. What was appended before stays, and the
 *     same import can be started again
 */
public record ImportSummary(
        List<FileReport> files,
        List<Refusal> skipped,
        List<Refusal> refused,
        List<String> notes,
        long sessions,
        Optional<LedgerException> failure) {
    public ImportSummary {
        files = List.copyOf(files);
        skipped = List.copyOf(skipped);
        refused = List.copyOf(refused);
        notes = List.copyOf(notes);
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
     * @param left what is on purpose no event: how many of each kind, which is named in the plural
     * @param replaced what is not as it was written, as neither JSON nor Unicode has it
     * @param refused how many things could not be read, or were events that the ledger cannot take
     * @param personal how many events are about persons, whatever became of them
     * @param erased how many of these are refused because their person was erased
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
            Map<String, Long> left,
            Replaced replaced,
            long refused,
            long personal,
            long erased,
            List<Refusal> refusals) {
        public FileReport {
            left = Collections.unmodifiableMap(new TreeMap<>(left));
            refusals = List.copyOf(refusals);
        }

        private FileReport naming(UnaryOperator<String> told) {
            Map<String, Long> kinds = new TreeMap<>();
            left.forEach((what, count) -> kinds.merge(told.apply(what), count, Long::sum));
            return new FileReport(
                    told.apply(file),
                    format,
                    bytes,
                    sessions,
                    events,
                    added,
                    duplicates,
                    conflicts,
                    kinds,
                    replaced,
                    refused,
                    personal,
                    erased,
                    told(refusals, told));
        }

        /** How many things are on purpose no events. */
        public long skipped() {
            return left.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** The same, without the ids of these persons: a file may be called after one. */
    ImportSummary naming(NamedPersons persons) {
        UnaryOperator<String> told = persons::leftOutOf;
        return new ImportSummary(
                files.stream().map(file -> file.naming(told)).toList(),
                told(skipped, told),
                told(refused, told),
                notes.stream().map(told).toList(),
                sessions,
                failure);
    }

    private static List<Refusal> told(List<Refusal> refusals, UnaryOperator<String> told) {
        return refusals.stream()
                .map(refusal -> new Refusal(
                        told.apply(refusal.file()),
                        told.apply(refusal.place()),
                        told.apply(refusal.reason()),
                        refusal.faults().stream()
                                .map(fault -> new Fault(
                                        told.apply(fault.pointer()), fault.code(), told.apply(fault.message())))
                                .toList()))
                .toList();
    }

    /** How many events are about persons, whatever became of them. */
    public long personal() {
        return sum(FileReport::personal);
    }

    /** How many events are refused because their person was erased. */
    public long erased() {
        return sum(FileReport::erased);
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

    /** What is on purpose no event, of all files together: how many of each kind. */
    public Map<String, Long> left() {
        Map<String, Long> all = new TreeMap<>();
        files.forEach(file -> file.left().forEach((what, count) -> all.merge(what, count, Long::sum)));
        return all;
    }

    /** Everything that was refused: in files, and paths. */
    public long refusedTotal() {
        return sum(FileReport::refused) + refused.size();
    }

    private long sum(ToLongFunction<FileReport> of) {
        return files.stream().mapToLong(of).sum();
    }
}
