// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.CaptureSink;
import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.format.Refusal;
import io.contextgraph.event.Event;
import io.contextgraph.event.Original;
import io.contextgraph.event.SessionId;
import io.contextgraph.intake.Verdict;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.PersonalPayloads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Imports files and folders: reads them, appends their events in the order of the files, counts.
 *
 * <p><b>Guarantees.</b> Importing the same files again adds nothing. Events are appended in the order in which they
 * stand, so that the export of a whole ledger has the same numbers in an empty one; what the ledger that first recorded
 * them had assigned is kept beside them. A file or an event that is refused stops nothing
 * else. A ledger that fails is asked again a bounded number of times; if it keeps failing, the import stops and says
 * so. At most one batch of events is held in memory, and the ids of the sessions that were met.
 *
 * <p><b>Threads.</b> A run belongs to one thread.
 */
public final class ImportRun {
    /** Most refusals of a file that are kept to be shown; all are counted. */
    public static final int MAX_REFUSALS_KEPT = 100;

    private static final int MAX_TRIES = 6;

    /** A batch is closed earlier than at its greatest number of events when its payloads are this long. */
    private static final long MAX_BATCH_CHARS = 4L << 20;

    private final EventLog log;
    private final Durability atLeast;
    private final Capture capture;
    private final Pause pause;
    private final ImportProgress progress;
    private final Set<SessionId> sessions = new HashSet<>();

    public ImportRun(EventLog log, Durability atLeast, Capture capture, Pause pause, ImportProgress progress) {
        this.log = log;
        this.atLeast = atLeast;
        this.capture = capture;
        this.pause = pause;
        this.progress = progress;
    }

    /** Imports all that is under {@code roots}. */
    public ImportSummary run(List<Path> roots) {
        TraceFile.Listing listing = TraceFile.under(roots);
        long bytesTotal = listing.files().stream().mapToLong(TraceFile::bytes).sum();
        List<ImportSummary.FileReport> reports = new ArrayList<>();
        List<Refusal> skipped = new ArrayList<>(listing.skipped());
        long bytesDone = 0;
        long events = 0;
        Optional<LedgerException> failure = Optional.empty();
        for (int i = 0; i < listing.files().size() && failure.isEmpty(); i++) {
            TraceFile file = listing.files().get(i);
            FileImport one = new FileImport(
                    file,
                    new ImportProgress.Step(file.name(), i, listing.files().size(), bytesDone, bytesTotal, events));
            failure = one.read();
            bytesDone += file.bytes();
            events += one.answered;
            one.report(reports, skipped);
            progress.advanced(
                    new ImportProgress.Step(file.name(), i + 1, listing.files().size(), bytesDone, bytesTotal, events));
        }
        return new ImportSummary(reports, skipped, listing.refused(), sessions.size(), failure);
    }

    /** One file on its way into the ledger. */
    private final class FileImport implements CaptureSink {
        private final TraceFile file;
        private final ImportProgress.Step before;
        private final Set<SessionId> ownSessions = new HashSet<>();
        private final List<Append> batch = new ArrayList<>();
        private final List<String> places = new ArrayList<>();
        private final List<Refusal> refusals = new ArrayList<>();
        private Format format = Format.UNREADABLE;
        private long batchChars;
        private long answered;
        private long added;
        private long duplicates;
        private long conflicts;
        private long passedOver;
        private long refused;

        FileImport(TraceFile file, ImportProgress.Step before) {
            this.file = file;
            this.before = before;
        }

        /** Reads the file to its end, or until the ledger has failed for good. */
        Optional<LedgerException> read() {
            try {
                format = capture.read(file, this);
                flush();
                return Optional.empty();
            } catch (LedgerException failed) {
                return Optional.of(failed);
            }
        }

        @Override
        public void event(Event event, Optional<Original> original, String place) {
            ownSessions.add(event.sessionId());
            sessions.add(event.sessionId());
            batch.add(Append.imported(event, original));
            places.add(place);
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
        public void passedOver() {
            passedOver++;
        }

        private void keep(Refusal refusal) {
            if (refusals.size() < MAX_REFUSALS_KEPT) {
                refusals.add(refusal);
            }
        }

        private void flush() {
            if (batch.isEmpty()) {
                return;
            }
            List<AppendOutcome> outcomes = append();
            for (int i = 0; i < outcomes.size(); i++) {
                count(outcomes.get(i), places.get(i));
            }
            batch.clear();
            places.clear();
            batchChars = 0;
            progress.advanced(new ImportProgress.Step(
                    before.file(),
                    before.filesDone(),
                    before.filesTotal(),
                    before.bytesDone(),
                    before.bytesTotal(),
                    before.events() + answered));
        }

        private List<AppendOutcome> append() {
            for (int attempt = 1; ; attempt++) {
                try {
                    return log.append(List.copyOf(batch), atLeast).outcomes();
                } catch (LedgerException failed) {
                    if (!failed.reason().retryable() || attempt == MAX_TRIES) {
                        throw failed;
                    }
                    pause.before(attempt, failed);
                }
            }
        }

        private void count(AppendOutcome outcome, String place) {
            switch (Verdict.of(outcome)) {
                case Verdict.Taken taken -> {
                    if (taken.duplicate()) {
                        duplicates++;
                    } else {
                        added++;
                    }
                    answered++;
                }
                case Verdict.Conflict conflict -> {
                    conflicts++;
                    answered++;
                    keep(new Refusal(
                            file.name(),
                            place,
                            "another event has the id " + conflict.eventId() + ": stored " + conflict.stored()
                                    + ", offered " + conflict.offered(),
                            List.of()));
                }
                case Verdict.Personal personal -> {
                    refused++;
                    keep(new Refusal(
                            file.name(),
                            place,
                            "the ledger cannot take event " + personal.eventId(),
                            List.of(PersonalPayloads.FAULT)));
                }
                case Verdict.Refused refusedAlone -> {
                    refused++;
                    keep(new Refusal(
                            file.name(),
                            place,
                            "the ledger cannot take event " + refusedAlone.eventId() + ": " + refusedAlone.why(),
                            List.of()));
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
                    passedOver,
                    refused,
                    refusals));
        }
    }
}
