// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.archive.Archive;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Epochs.Standing;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.mend.Damage;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.mend.LedgerMender;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.operation.Watcher;
import io.contextgraph.proof.GoneLeaves;
import io.contextgraph.proof.LogName;
import io.contextgraph.proof.ProofKeys;
import io.contextgraph.proof.StoredLog;
import io.contextgraph.proof.audit.AuditFault.Kind;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.Tile;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.tree.TreeGrowth;
import io.contextgraph.storage.StorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

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
        STORE;

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
        Standing now = parts.ledger().epochs().now();
        AuditFindings findings = new AuditFindings(request.max());
        Optional<LogName> name = LogName.of(now.identity());
        Optional<StoredLog> log = name.map(one -> new StoredLog(parts.logs(), one));
        Optional<SignedNote> note = log.flatMap(StoredLog::newest);
        if (note.isEmpty()) {
            parts.ledger()
                    .sealing()
                    .seal()
                    .ifPresent(
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
                    Optional.empty());
        }
        return new Run(name.orElseThrow(), log.orElseThrow(), note.get(), now, findings, watcher).run(request);
    }

    private static AuditReport report(
            Optional<LogCheckpoint> checkpoint,
            AuditReport.Counts counts,
            AuditFindings findings,
            Optional<String> history) {
        return new AuditReport(
                checkpoint.map(LogCheckpoint::origin),
                checkpoint.map(one -> one.root().base64()),
                counts,
                findings.counts(),
                findings.named(),
                findings.unchecked(),
                history);
    }

    /** One audit. */
    private final class Run {
        private final Ledger ledger = parts.ledger();
        private final LogName name;
        private final StoredLog log;
        private final Standing now;
        private final AuditFindings findings;
        private final Watcher watcher;
        private final String origin;
        private final LogCheckpoint checkpoint;
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
            this.tree = new Tree(log, checkpoint.size());
            this.receipts = new ReceiptAudit(ledger, findings);
            if (!checkpoint.origin().equals(origin)
                    || verifiers(origin).stream().noneMatch(note::isSignedBy)) {
                fault(
                        Kind.CHECKPOINT,
                        "the newest checkpoint in " + log + " was not signed by a key in " + parts.keys() + " for "
                                + origin
                                + ": somebody else has written it, or proof.key or proof.origin is another one");
            }
            ledger.sealing().seal().filter(seal -> seal.epoch() == name.epoch()).ifPresent(this::compare);
        }

        private List<VerifierKey> verifiers(String of) {
            return ProofKeys.verifiers(of, parts.keys().read().shown());
        }

        private void fault(Kind kind, String message) {
            findings.add(AuditFault.of(kind, message));
        }

        /** What the ledger remembers of what was signed. */
        private void compare(Seal seal) {
            if (seal.last().seq() > checkpoint.size()) {
                fault(
                        Kind.CHECKPOINT,
                        "the ledger remembers that " + seal.last().seq() + " events were signed for, and the log in "
                                + log + " has " + checkpoint.size()
                                + ": it is an older copy, or another one than proof.store names");
            }
        }

        AuditReport run(Request request) {
            try (ExecutorService beside = Executors.newSingleThreadExecutor(
                    Thread.ofVirtual().name("audit").factory())) {
                Future<?> examination = beside.submit(this::examine);
                try {
                    return run(request, examination);
                } catch (RuntimeException e) {
                    boolean ignored = examination.cancel(true);
                    throw e;
                }
            }
        }

        private AuditReport run(Request request, Future<?> examination) {
            Optional<Archive> archive = parts.archive().get();
            try (EventAudit.Gone gone = gone(archive)) {
                EventAudit events = new EventAudit(ledger, tree, gone, findings, receipts::take);
                long there = Math.min(now.head().seq(), checkpoint.size());
                if (there < checkpoint.size()) {
                    fault(
                            Kind.CUT,
                            "the ledger ends with seq " + there + ", and " + checkpoint.size()
                                    + " events were signed for: the last " + (checkpoint.size() - there)
                                    + " are not there");
                }
                events(events, there);
                archive.ifPresent(one -> archived(one, events));
                receipts();
                watcher.at(Phase.STORE, 0, 1);
                await(examination);
                Optional<String> history = request.kept().map(kept -> history(kept, request.trusted()));
                AuditReport.Counts counts = new AuditReport.Counts(
                        checkpoint.size(),
                        Math.max(0, now.head().seq() - checkpoint.size()),
                        events.hot(),
                        events.cold(),
                        events.archived(),
                        events.hashOnly(),
                        events.unknown(),
                        receipts.erased());
                return report(Optional.of(checkpoint), counts, findings, history);
            }
        }

        private EventAudit.Gone gone(Optional<Archive> archive) {
            return new EventAudit.Gone(
                    gone(archive.stream().toList()), gone(parts.ids().get()), archive.isPresent());
        }

        private GoneLeaves gone(List<Archive> archives) {
            return GoneLeaves.read(
                    archives,
                    parts.scratch(),
                    now.identity(),
                    broken -> fault(Kind.ARCHIVE, "the archive: " + broken.getMessage()));
        }

        /** Every event up to a number, and the tiles over all. */
        private void events(EventAudit events, long there) {
            TreeGrowth growth = new TreeGrowth();
            boolean whole = true;
            for (long at = 0; at < checkpoint.size(); ) {
                watcher.at(Phase.EVENTS, at, checkpoint.size());
                List<Hash> leaves = new ArrayList<>();
                whole &= isRead(at, leaves, growth);
                int known = Math.toIntExact(Math.max(0, Math.min(there - at, leaves.size())));
                events.look(at, leaves.subList(0, known));
                at += Math.min(Tile.FULL, checkpoint.size() - at);
            }
            events.explain();
            if (whole && !growth.root().equals(checkpoint.root())) {
                fault(
                        Kind.CHECKPOINT,
                        "the tiles in " + log + " do not lead to the root that was signed for " + checkpoint.size()
                                + " events: some of them were altered");
            }
        }

        /** Whether a tile of leaves is there; they are added, and the tiles above are compared. */
        private boolean isRead(long at, List<Hash> leaves, TreeGrowth growth) {
            try {
                leaves.addAll(tree.leaves(at));
                leaves.forEach(leaf -> growth.add(leaf, this::compare));
                return true;
            } catch (TileException missing) {
                fault(Kind.TILE, "the log: " + missing.getMessage());
                return false;
            }
        }

        private void compare(Tile tile, byte[] hashes) {
            if (tile.level() > 0 && !Arrays.equals(log.read(tile), hashes)) {
                fault(Kind.TILE, "the log: " + tile.path() + " in " + log + " is not the root of the tiles below it");
            }
        }

        private void archived(Archive archive, EventAudit events) {
            ArchiveAudit audit = new ArchiveAudit(ledger, tree, findings, events::isThere, this::erased);
            audit.look(archive, now.identity(), read -> watcher.at(Phase.ARCHIVE, read, read));
            audit.summaries();
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
