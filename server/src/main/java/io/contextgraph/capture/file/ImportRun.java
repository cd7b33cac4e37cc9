// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.known.Fate;
import io.contextgraph.capture.known.LedgerImported;
import io.contextgraph.capture.known.TakenIds;
import io.contextgraph.capture.record.CaptureSink;
import io.contextgraph.capture.record.Mark;
import io.contextgraph.capture.record.Refusal;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.text.Replaced;
import io.contextgraph.event.Event;
import io.contextgraph.event.Original;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.LedgerException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Imports files and folders: reads them, appends their events in the order of the files, counts.
 *
 * <p><b>Guarantees.</b> Importing the same files again adds nothing. Events are appended in the order in which they
 * stand, so that the export of a whole ledger has the same numbers in an empty one; what the ledger that first recorded
 * them had assigned is kept beside them. A file or an event that is refused stops nothing
 * else. A ledger that fails is asked again a bounded number of times; if it keeps failing, the import stops and says
 * so. At most ten batches of events are held in memory, the ids of the sessions that were met, and a {@link Survey}.
 *
 * <p><b>Threads.</b> A run belongs to one thread; events are appended by another while it reads on.
 */
public final class ImportRun {
    /** Most refusals of a file that are kept to be shown; all are counted. */
    public static final int MAX_REFUSALS_KEPT = 100;

    /** A batch is closed earlier than at its greatest number of events when its payloads are this long. */
    private static final long MAX_BATCH_CHARS = 4L << 20;

    private final Ledger ledger;
    private final EventLog log;
    private final Durability atLeast;
    private final Capture capture;
    private final Pause pause;
    private final ImportProgress progress;
    private final TakenIds takenIds;
    private final Set<SessionId> sessions = new HashSet<>();

    public ImportRun(Ledger ledger, Durability atLeast, Capture capture, Pause pause, ImportProgress progress) {
        this.ledger = ledger;
        this.log = ledger.log();
        this.atLeast = atLeast;
        this.capture = capture;
        this.pause = pause;
        this.progress = progress;
        this.takenIds = new TakenIds(log, this::patiently);
    }

    /** Imports all that is under {@code roots}. */
    public ImportSummary run(List<Path> roots) {
        return run(TraceFile.under(roots));
    }

    /** Imports what was found. */
    public ImportSummary run(TraceFile.Listing listing) {
        long bytesTotal = listing.files().stream().mapToLong(TraceFile::bytes).sum();
        List<ImportSummary.FileReport> reports = new ArrayList<>();
        List<Refusal> skipped = new ArrayList<>(listing.skipped());
        long bytesDone = 0;
        long events = 0;
        Survey survey = capture.survey();
        listing.files().forEach(file -> capture.look(file, survey));
        Optional<LedgerException> failure = settle(survey);
        try (BatchWriter writer = new BatchWriter(log, atLeast, pause)) {
            for (int i = 0; i < listing.files().size() && failure.isEmpty(); i++) {
                TraceFile file = listing.files().get(i);
                FileImport one = new FileImport(
                        file,
                        survey,
                        writer,
                        new ImportProgress.Step(file.name(), i, listing.files().size(), bytesDone, bytesTotal, events));
                failure = one.read();
                bytesDone += file.bytes();
                events += one.answered;
                one.report(reports, skipped);
                progress.advanced(new ImportProgress.Step(
                        file.name(), i + 1, listing.files().size(), bytesDone, bytesTotal, events));
            }
        }
        return new ImportSummary(reports, skipped, listing.refused(), survey.notes(), sessions.size(), failure)
                .naming(survey.persons());
    }

    private Optional<LedgerException> settle(Survey survey) {
        try {
            survey.settle(patiently(() -> LedgerImported.of(ledger, this::patiently)));
            return Optional.empty();
        } catch (LedgerException failed) {
            return Optional.of(failed);
        }
    }

    private <T> T patiently(Supplier<T> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (LedgerException failed) {
                pause.orGiveUp(attempt, failed);
            }
        }
    }

    /** One file on its way into the ledger. */
    private final class FileImport implements CaptureSink {
        private final TraceFile file;
        private final Survey survey;
        private final BatchWriter writer;
        private final Deque<Pending> pending = new ArrayDeque<>();
        private final ImportProgress.Step before;
        private final Set<SessionId> ownSessions = new HashSet<>();
        private final List<Append> batch = new ArrayList<>();
        private final List<Source> sources = new ArrayList<>();
        private final List<Refusal> refusals = new ArrayList<>();
        private final Map<String, Long> left = new TreeMap<>();
        private Replaced changed = Replaced.NONE;
        private Format format = Format.UNREADABLE;
        private long batchChars;
        private long answered;
        private long added;
        private long duplicates;
        private long conflicts;
        private long refused;
        private long personal;
        private long erased;

        FileImport(TraceFile file, Survey survey, BatchWriter writer, ImportProgress.Step before) {
            this.file = file;
            this.survey = survey;
            this.writer = writer;
            this.before = before;
        }

        /** Reads the file to its end, or until the ledger has failed for good. */
        Optional<LedgerException> read() {
            try {
                format = capture.read(file, survey, this);
                flush();
                writer.flush();
                while (!pending.isEmpty()) {
                    count(pending.removeFirst());
                }
                return Optional.empty();
            } catch (LedgerException failed) {
                countWhatWasTaken();
                return Optional.of(failed);
            }
        }

        /** Batches that were written before the ledger failed for good are in it. */
        private void countWhatWasTaken() {
            writer.flush();
            while (!pending.isEmpty()) {
                try {
                    count(pending.removeFirst());
                } catch (LedgerException notTaken) {
                    pending.clear();
                }
            }
        }

        @Override
        public void event(Event event, Optional<Original> original, Optional<Mark> mark, String place) {
            ownSessions.add(event.sessionId());
            sessions.add(event.sessionId());
            batch.add(Append.imported(event, original));
            sources.add(new Source(mark, place));
            batchChars +=
                    event.payload().map(payload -> payload.json().length()).orElse(0);
            if (batch.size() >= EventLog.MAX_BATCH || batchChars >= MAX_BATCH_CHARS) {
                flush();
            }
        }

        @Override
        public void refused(Refusal refusal) {
            refused++;
            keep(refusal);
        }

        @Override
        public void refused(Refusal first, long count) {
            refused += count;
            keep(first.of(count));
        }

        @Override
        public void skipped(String what, long count) {
            left.merge(what, count, Long::sum);
        }

        @Override
        public void replaced(Replaced some) {
            changed = changed.plus(some);
        }

        @Override
        public void repeated(int events, boolean ofPerson) {
            answered += events;
            duplicates += events;
            personal += ofPerson ? events : 0;
        }

        private void keep(Refusal refusal) {
            if (refusals.size() < MAX_REFUSALS_KEPT) {
                refusals.add(refusal);
            }
        }

        /** Where an event comes from. */
        private record Source(Optional<Mark> mark, String place) {}

        /** Events that were handed over, and what is not known of them yet. */
        private record Pending(List<Append> appends, List<Source> sources, BatchWriter.Answer answer) {}

        private void flush() {
            if (batch.isEmpty()) {
                return;
            }
            pending.add(new Pending(List.copyOf(batch), List.copyOf(sources), writer.write(batch)));
            batch.clear();
            sources.clear();
            batchChars = 0;
            if (pending.size() > BatchWriter.IN_FLIGHT) {
                count(pending.removeFirst());
            }
        }

        private void count(Pending written) {
            List<AppendOutcome> outcomes = written.answer().await();
            List<Fate> fates = takenIds.fates(
                    written.appends(),
                    written.sources().stream().map(Source::mark).toList(),
                    outcomes);
            for (int i = 0; i < fates.size(); i++) {
                personal += written.appends().get(i).event().dataSubjectId().isPresent() ? 1 : 0;
                count(fates.get(i), written.sources().get(i).place());
            }
            progress.advanced(new ImportProgress.Step(
                    before.file(),
                    before.filesDone(),
                    before.filesTotal(),
                    before.bytesDone(),
                    before.bytesTotal(),
                    before.events() + answered));
        }

        private void count(Fate fate, String place) {
            switch (fate) {
                case Fate.Added ignored -> {
                    answered++;
                    added++;
                }
                case Fate.Known ignored -> {
                    answered++;
                    duplicates++;
                }
                case Fate.Conflict conflict -> {
                    answered++;
                    conflicts++;
                    keep(new Refusal(file.name(), place, conflict.why(), List.of()));
                }
                case Fate.Refused alone -> {
                    refused++;
                    keep(new Refusal(file.name(), place, alone.why(), alone.faults()));
                }
                case Fate.Erased gone -> {
                    refused++;
                    erased++;
                    keep(new Refusal(file.name(), place, gone.why(), List.of()));
                }
            }
        }

        /** A text file that merely lies in a folder, such as a README, is skipped; everything else is reported. */
        void report(List<ImportSummary.FileReport> reports, List<Refusal> skipped) {
            if (!file.named() && format == Format.TEXT) {
                skipped.addAll(refusals);
                return;
            }
            reports.add(new ImportSummary.FileReport(
                    file.name(),
                    format,
                    file.bytes(),
                    ownSessions.size(),
                    answered,
                    added,
                    duplicates,
                    conflicts,
                    left,
                    changed,
                    refused,
                    personal,
                    erased,
                    refusals));
        }
    }
}
