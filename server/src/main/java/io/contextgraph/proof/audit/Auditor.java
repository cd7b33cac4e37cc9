// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.archive.Archive;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Epochs.Standing;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.mend.Damage;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.mend.LedgerMender;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.operation.Watcher;
import io.contextgraph.proof.GoneLeaves;
import io.contextgraph.proof.LaterLog;
import io.contextgraph.proof.LogName;
import io.contextgraph.proof.ProofKeys;
import io.contextgraph.proof.StoredLog;
import io.contextgraph.proof.audit.AuditFault.Kind;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.Tile;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.storage.StorageException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Holds everything that there is of a ledger against what was signed for it: every event in the ledger, whatever tier it is in, and
 * in the archive; what has gone, and what was erased; all that the store holds beside; the log itself; and, where somebody brings a
 * checkpoint that they have kept, the log against that.
 *
 * <p><b>Guarantees.</b> Writes nothing. Servers may go on meanwhile: what is signed for while it looks is not looked at.
 *
 * <p><b>Errors.</b> {@link LedgerException}, {@link StorageException}, and {@link io.contextgraph.proof.ProofException} where the
 * keys cannot be read.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class Auditor {
    /** How many faults are named where nobody says otherwise. */
    public static final int NAMED = 100;

    /** The report is kept with the operation. */
    public static final int MOST_NAMED = 1000;

    private final AuditParts parts;

    public Auditor(AuditParts parts) {
        this.parts = parts;
    }

    /** What is being done. */
    public enum Phase implements Watcher.Phase {
        EVENTS,
        ARCHIVE,
        STORE,
        LOGS;

        @Override
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What to look at.
     *
     * @param kept a checkpoint that somebody has kept
     * @param trusted keys that it must be signed by; none: those of this deployment
     * @param max most faults to name
     */
    public record Request(Optional<SignedNote> kept, List<VerifierKey> trusted, int max) {
        public Request {
            trusted = List.copyOf(trusted);
        }
    }

    /** Looks. */
    public AuditReport run(Request request, Watcher watcher) {
        // In this order, as servers go on: what is remembered was published before, and what was published was there.
        AuditFindings findings = new AuditFindings(request.max());
        Optional<Seal> remembered = remembered(findings);
        Optional<LogName> name = LogName.of(parts.ledger().epochs().now().identity());
        name.flatMap(one -> LaterLog.of(parts.logs(), one))
                .ifPresent(later -> later(name.orElseThrow(), later, findings));
        Optional<LogName> signed = name.flatMap(this::signed);
        Optional<StoredLog> log = signed.map(one -> new StoredLog(parts.logs(), one));
        Optional<SignedNote> note = log.flatMap(StoredLog::newest);
        Standing now = parts.ledger().epochs().now();
        if (!LogName.of(now.identity()).equals(name)) {
            throw new LedgerException(
                    LedgerException.Reason.UNAVAILABLE,
                    "the ledger has begun a new epoch while it was looked at: try again");
        }
        if (note.isEmpty()) {
            remembered.ifPresent(
                    seal -> findings.add(
                            AuditFault.of(
                                    Kind.CHECKPOINT,
                                    "the ledger remembers that "
                                            + seal.last().seq()
                                            + " events of it were signed for, and no log of it is"
                                            + " in " + parts.logs().describe()
                                            + ": it was lost, which a server mends from ledger and archive, or proof.store is another one")));
            findings.unchecked(
                    "nothing was signed for this ledger: no server with proof.enabled has worked on it, or proof.store"
                            + " is another one");
            return report(
                    Optional.empty(),
                    new AuditReport.Counts(0, now.head().seq(), 0, 0, 0, 0, 0, 0),
                    findings,
                    List.of(),
                    Optional.empty());
        }
        return new Run(signed.orElseThrow(), log.orElseThrow(), note.get(), now, findings, watcher)
                .run(request, remembered);
    }

    /** The log of the ledger as it is; the newest one before it as long as that is not signed. */
    private Optional<LogName> signed(LogName name) {
        return StoredLog.epochs(parts.logs(), name).stream()
                .filter(epoch -> epoch <= name.epoch())
                .map(name::of)
                .filter(one -> new StoredLog(parts.logs(), one).newest().isPresent())
                .findFirst();
    }

    /** The ledger is not the newest that there was. */
    private void later(LogName name, LaterLog later, AuditFindings findings) {
        if (later.log().epoch() > name.epoch()) {
            later.newest()
                    .map(note -> LogCheckpoint.parse(note.text()))
                    .ifPresent(newest -> findings.add(AuditFault.of(
                            Kind.CUT,
                            "the ledger is in epoch " + name.epoch() + ", and " + newest.size()
                                    + " events were signed for in " + newest.origin()
                                    + ", a later one: an older file of Redis was put back, or this is not the Redis that"
                                    + " has gone on")));
        }
    }

    private Optional<Seal> remembered(AuditFindings findings) {
        try {
            return parts.ledger().sealing().seal();
        } catch (LedgerException altered) {
            if (altered.reason() != LedgerException.Reason.CORRUPT) {
                throw altered;
            }
            findings.add(AuditFault.of(Kind.CHECKPOINT, String.valueOf(altered.getMessage())));
            return Optional.empty();
        }
    }

    private static AuditReport report(
            Optional<LogCheckpoint> checkpoint,
            AuditReport.Counts counts,
            AuditFindings findings,
            List<AuditReport.Cut> cuts,
            Optional<String> history) {
        return new AuditReport(
                checkpoint.map(LogCheckpoint::origin),
                checkpoint.map(one -> one.root().base64()),
                counts,
                findings.counts(),
                findings.named(),
                findings.unchecked(),
                cuts,
                history);
    }

    /** One audit. */
    private final class Run {
        private final Partition ledger = parts.ledger();
        private final LogName name;
        private final StoredLog log;
        private final Standing now;
        private final AuditFindings findings;
        private final Watcher watcher;
        private final String origin;
        private final LogCheckpoint checkpoint;
        private final LogAudit files;
        private final Tree tree;
        private final ReceiptAudit receipts;

        Run(LogName name, StoredLog log, SignedNote note, Standing now, AuditFindings findings, Watcher watcher) {
            this.name = name;
            this.log = log;
            this.now = now;
            this.findings = findings;
            this.watcher = watcher;
            this.origin = name.origin(parts.deployment());
            this.checkpoint = LogCheckpoint.parse(note.text());
            this.files = new LogAudit(log, checkpoint, findings);
            this.tree = files.tree();
            this.receipts = new ReceiptAudit(parts, now.identity().partition(), findings);
            if (!checkpoint.origin().equals(origin)
                    || verifiers(origin).stream().noneMatch(note::isSignedBy)) {
                fault(
                        Kind.CHECKPOINT,
                        "the newest checkpoint in " + log + " was not signed by a key in " + parts.keys() + " for "
                                + origin
                                + ": somebody else has written it, or proof.key or proof.origin is another one");
            }
        }

        private List<VerifierKey> verifiers(String of) {
            return ProofKeys.verifiers(of, parts.keys().read().shown());
        }

        private void fault(Kind kind, String message) {
            findings.add(AuditFault.of(kind, message));
        }

        AuditReport run(Request request, Optional<Seal> remembered) {
            try (ExecutorService beside = Executors.newSingleThreadExecutor(
                    Thread.ofVirtual().name("audit").factory())) {
                Future<?> examination = beside.submit(this::examine);
                try {
                    return run(request, remembered, examination);
                } catch (RuntimeException e) {
                    boolean ignored = examination.cancel(true);
                    throw e;
                }
            }
        }

        private AuditReport run(Request request, Optional<Seal> remembered, Future<?> examination) {
            Optional<Archive> archive = parts.archive().get();
            try (EventAudit.Gone gone = gone(archive)) {
                EventAudit events = new EventAudit(ledger, tree, gone, findings, receipts::take);
                long there = there();
                events(events, there);
                remembered.ifPresent(seal -> new SealAudit(name, log, now.identity(), findings).look(seal, tree));
                archive.ifPresent(one -> archived(one, events));
                receipts();
                watcher.at(Phase.STORE, 0, 1);
                await(examination);
                List<AuditReport.Cut> cuts = new EarlierLogs(
                                parts.logs(),
                                parts.deployment(),
                                parts.keys().read().shown(),
                                findings)
                        .look(name, tree, watcher);
                Optional<String> history = request.kept().map(kept -> history(kept, request.trusted()));
                AuditReport.Counts counts = new AuditReport.Counts(
                        checkpoint.size(),
                        Math.max(
                                0,
                                now.head().seq()
                                        - (name.epoch() < now.identity().epoch() ? there : checkpoint.size())),
                        events.hot(),
                        events.cold(),
                        events.archived(),
                        events.hashOnly(),
                        events.unknown(),
                        receipts.erased());
                return report(Optional.of(checkpoint), counts, findings, cuts, history);
            }
        }

        /** Up to where the ledger should have what was signed for. */
        private long there() {
            long there = Math.min(now.head().seq(), checkpoint.size());
            LedgerIdentity identity = now.identity();
            if (name.epoch() < identity.epoch()) {
                there = Math.min(
                        there, identity.lastCommon(name.epoch()).map(Head::seq).orElse(0L));
                findings.unchecked("what is in the ledger behind seq " + there + ": it is in epoch " + identity.epoch()
                        + ", for which nothing was signed yet, and the log " + origin + " covers only what both have");
            } else if (there < checkpoint.size()) {
                fault(
                        Kind.CUT,
                        "the ledger ends with seq " + there + ", and " + checkpoint.size()
                                + " events were signed for: the last " + (checkpoint.size() - there)
                                + " are not there");
            }
            return there;
        }

        private EventAudit.Gone gone(Optional<Archive> archive) {
            return new EventAudit.Gone(gone(() -> archive.stream().toList()), gone(parts.ids()), archive.isPresent());
        }

        private GoneLeaves gone(Supplier<List<Archive>> archives) {
            return new GoneLeaves(
                    archives,
                    parts.scratch(),
                    ledger,
                    broken -> fault(Kind.ARCHIVE, "the archive: " + broken.getMessage()));
        }

        /** Every event up to a number, and the tiles over all. */
        private void events(EventAudit events, long there) {
            for (long at = 0; at < checkpoint.size(); ) {
                watcher.at(Phase.EVENTS, at, checkpoint.size());
                List<Hash> leaves = files.leaves(at);
                int known = Math.toIntExact(Math.max(0, Math.min(there - at, leaves.size())));
                events.look(at, leaves.subList(0, known));
                at += Math.min(Tile.FULL, checkpoint.size() - at);
            }
            events.explain();
            files.look();
        }

        private void archived(Archive archive, EventAudit events) {
            ArchiveAudit audit = new ArchiveAudit(ledger, tree, findings, events::isThere, this::erased);
            audit.look(archive, now.identity(), read -> watcher.at(Phase.ARCHIVE, read, read));
            if (files.isWhole()) {
                audit.summaries();
            } else {
                findings.unchecked("what is kept of events that have gone: tiles of the log are missing");
            }
        }

        private void erased(RecordedEvent event) {
            receipts.take(event);
        }

        private void receipts() {
            Optional<ErasureEvidence> erasures =
                    receipts.erased() > 0 ? parts.erasures().get() : Optional.empty();
            if (erasures.isPresent()) {
                receipts.look(erasures.get());
            } else if (receipts.erased() > 0) {
                findings.unchecked("the receipts for the erasure of the payloads of " + receipts.erased()
                        + " events: there are no keys of persons here (privacy.keys)");
            }
        }

        /** All that the store holds beside what was signed for. */
        private void examine() {
            try (LedgerMender mender = parts.mender().get()) {
                Examined examined = mender.examine(this::damage, looked -> {});
                if (!examined.complete()) {
                    findings.unchecked(
                            "some of what the store holds: so much is damaged that the rest shows only when some of"
                                    + " it has been mended");
                }
            } catch (LedgerException | ConfigurationException refused) {
                findings.unchecked("what the store holds beside the events: " + refused.getMessage());
            }
        }

        private void damage(Damage damage) {
            findings.add(new AuditFault(
                    damage.kind() == Damage.Kind.ALTERED_EVENT ? Kind.ALTERED : Kind.STORED,
                    damage.seq().orElse(0),
                    Optional.empty(),
                    damage.kind().wireName() + " at " + damage.key() + ": " + damage.message()));
        }

        private void await(Future<?> examination) {
            try {
                Object ignored = examination.get();
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw new IllegalStateException(failed.getCause());
            } catch (InterruptedException asked) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }

        private String history(SignedNote kept, List<VerifierKey> trusted) {
            String of = LogCheckpoint.parse(kept.text()).origin();
            return new HistoryAudit(parts.logs(), now.identity(), name, parts.deployment(), findings)
                    .look(tree, kept, trusted.isEmpty() ? verifiers(of) : trusted);
        }
    }
}
