// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.archive.ArchivedEvent;
import io.contextgraph.event.EventId;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.tree.TreeHasher;
import io.contextgraph.storage.Storage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Proves what a ledger has, and had.
 *
 * <p><b>Errors.</b> {@link LedgerException}, {@link io.contextgraph.storage.StorageException}, {@link ProofException}.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class Prover {
    private final Partition ledger;
    private final Storage storage;
    private final ProofKeys keys;
    private final String deployment;
    private final List<VerifierKey> witnesses;
    private final Function<EventId, Optional<ArchivedEvent>> archived;

    /**
     * For one ledger.
     *
     * @param storage where its logs are
     * @param deployment with which their origins begin
     * @param witnesses those who should cosign them
     * @param archived what is known of events that are not in the ledger any more
     */
    public Prover(
            Partition ledger,
            Storage storage,
            ProofKeys keys,
            String deployment,
            List<VerifierKey> witnesses,
            Function<EventId, Optional<ArchivedEvent>> archived) {
        this.ledger = ledger;
        this.storage = storage;
        this.keys = keys;
        this.deployment = deployment;
        this.witnesses = List.copyOf(witnesses);
        this.archived = archived;
    }

    /** What came of a question for a proof. */
    public sealed interface Answer {
        /** Here it is. */
        record Proven(ProofFile file) implements Answer {}

        /**
         * No checkpoint covers the event yet.
         *
         * @param sealed how many events are covered
         */
        record Unsealed(long seq, long sealed) implements Answer {}

        /** The event has gone, and neither archive nor files of ids tell what its hash was. */
        record Untold(Lookup.Gone gone) implements Answer {}

        /** The ledger has never had it. */
        record Unknown() implements Answer {}
    }

    /**
     * Proves one event.
     *
     * @throws ProofException with {@link Reason#ALTERED} where the event is not what was signed for
     */
    public Answer prove(EventId id) {
        return switch (ledger.log().find(id)) {
            case Lookup.Found found -> prove(Leaf.of(found.event()));
            case Lookup.Gone gone ->
                archived.apply(id).map(event -> prove(Leaf.of(event))).orElse(new Answer.Untold(gone));
            case Lookup.Unknown ignored -> new Answer.Unknown();
        };
    }

    private Answer prove(Leaf leaf) {
        Optional<StoredLog> log = current();
        Optional<SignedNote> note = log.flatMap(StoredLog::newest);
        if (note.isEmpty()) {
            return new Answer.Unsealed(leaf.seq(), 0);
        }
        LogCheckpoint checkpoint = LogCheckpoint.parse(note.get().text());
        if (leaf.index() >= checkpoint.size()) {
            return new Answer.Unsealed(leaf.seq(), checkpoint.size());
        }
        Tree tree = new Tree(log.orElseThrow(), checkpoint.size());
        if (!tree.leaf(leaf.index()).equals(new TreeHasher().leaf(leaf.entry()))) {
            throw new ProofException(
                    Reason.ALTERED,
                    "event " + leaf.id() + " with seq " + leaf.seq() + " is not what was signed for in "
                            + checkpoint.origin() + ": somebody has altered it; contextgraph audit says more");
        }
        return new Answer.Proven(new ProofFile(leaf, tree.inclusion(leaf.index(), checkpoint.size()), note.get()));
    }

    /** The log of the ledger as it is now; empty where it has no event. */
    public Optional<StoredLog> current() {
        return LogName.of(ledger.epochs().now().identity()).map(name -> new StoredLog(storage, name));
    }

    /** The log of an epoch; empty where there is none. */
    public Optional<StoredLog> log(long epoch) {
        return LogName.of(ledger.epochs().now().identity())
                .filter(name -> epoch >= 1 && epoch <= name.epoch())
                .map(name -> new StoredLog(storage, name.of(epoch)));
    }

    /**
     * A log, as it stands.
     *
     * @param newest what was signed last
     * @param predecessor which log it goes on with; empty where it is the first
     * @param keys that verify what was signed
     * @param witnesses those who should have cosigned that
     */
    public record Standing(
            LogName name,
            String origin,
            Optional<LogCheckpoint> newest,
            Optional<Predecessor> predecessor,
            List<VerifierKey> keys,
            List<Cosigner> witnesses) {
        public Standing {
            keys = List.copyOf(keys);
            witnesses = List.copyOf(witnesses);
        }
    }

    /**
     * A witness of the newest checkpoint.
     *
     * @param at when it has cosigned; empty where it has not
     */
    public record Cosigner(VerifierKey key, Optional<Instant> at) {}

    /** All logs of the ledger, the one that grows first; none where it has no event. */
    public List<Standing> logs() {
        List<Standing> logs = new ArrayList<>();
        LogName.of(ledger.epochs().now().identity()).ifPresent(name -> {
            logs.add(standing(name));
            StoredLog.epochs(storage, name).stream()
                    .filter(epoch -> epoch < name.epoch())
                    .map(epoch -> standing(name.of(epoch)))
                    .forEach(logs::add);
        });
        return logs;
    }

    private Standing standing(LogName name) {
        StoredLog log = new StoredLog(storage, name);
        String origin = name.origin(deployment);
        Optional<SignedNote> newest = log.newest();
        return new Standing(
                name,
                origin,
                newest.map(note -> LogCheckpoint.parse(note.text())),
                log.predecessor().map(note -> Predecessor.parse(note.text())),
                keys.exist() ? ProofKeys.verifiers(origin, keys.read().shown()) : List.of(),
                witnesses.stream()
                        .map(key -> new Cosigner(key, newest.flatMap(note -> note.witnessedBy(key))))
                        .toList());
    }
}
