// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.tree.TreeGrowth;
import io.contextgraph.signing.SigningKey;
import io.contextgraph.signing.SigningKeys;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A log to which leaves are added, and which is signed.
 *
 * <p><b>Guarantees.</b> Tiles are stored before the checkpoint that covers them. What is stored was signed by keys of this server,
 * under the name that it has, and is what was signed; a log whose files are behind what the ledger remembers of it is built up to there
 * before anything is signed, and must lead to the same root. What witnesses see was stored before, so that nothing else is ever
 * signed in its place.
 *
 * <p><b>Errors.</b> {@link ProofException} that says what to do, and those of {@link Leaves} and {@link StoredLog}; it is of no use
 * then.
 *
 * <p><b>Threads.</b> One at a time.
 */
final class OpenLog implements AutoCloseable {
    private final SealerParts parts;
    private final LogName name;
    private final String origin;
    private final SigningKeys keys;
    private final OwnNotes notes;
    private final StoredLog stored;
    private final Leaves leaves;
    private final GrowingTiles growth;
    private final Runnable alive;

    /** What it goes on with; null once it has signed itself. */
    private @Nullable EarlierLog earlier;

    /** What somebody has claimed to sign next, who was killed before it was stored. */
    private @Nullable LogCheckpoint claimed;

    /** How many leaves of what was claimed say only that their event has gone. */
    private long unknown;

    /** What must be reached before anything is signed. */
    private @Nullable Seal owed;

    private @Nullable Hash last;
    private Optional<RecordedEvent> lastEvent = Optional.empty();
    private long published;

    /** The newest checkpoint, while there are witnesses and none has cosigned it. */
    private @Nullable SignedNote alone;

    private OpenLog(SealerParts parts, LogName name, SigningKeys keys, Runnable alive) {
        this.alive = alive;
        this.parts = parts;
        this.name = name;
        this.keys = keys;
        this.notes = new OwnNotes(parts, keys);
        this.origin = notes.origin(name);
        this.stored = new StoredLog(parts.storage(), name);
        this.leaves = new Leaves(parts.ledger(), parts.archives(), parts.scratch(), alive);
        stored.settle();
        Optional<LogCheckpoint> newest = notes.newest(stored, name);
        this.published = newest.map(LogCheckpoint::size).orElse(0L);
        this.growth =
                new GrowingTiles(stored, newest.map(one -> grown(stored, one)).orElseGet(TreeGrowth::new));
        this.last = published > 0 ? new Tree(stored, published).leaf(published - 1) : null;
        this.claimed = notes.claimed(stored, name, published).orElse(null);
        this.alone = stored.newest().filter(parts.witnesses()::lack).orElse(null);
    }

    /**
     * Opens that of a ledger; begins one, after that of the epoch before, where there is none yet.
     *
     * @param alive told again and again while that takes long
     */
    static OpenLog open(SealerParts parts, LogName name, LedgerIdentity identity, Runnable alive) {
        Optional<Seal> seal = parts.ledger().sealing().seal();
        OpenLog log = new OpenLog(parts, name, parts.signing(name, seal), alive);
        try {
            if (log.published == 0) {
                log.stored.mark();
                log.takeOver(identity);
            }
            log.compare(seal, identity);
            log.remind(seal);
            return log;
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    private static TreeGrowth grown(StoredLog log, LogCheckpoint checkpoint) {
        TreeGrowth grown = new TreeGrowth(log, checkpoint.size());
        OwnNotes.requireRoot(log, checkpoint, grown.root());
        return grown;
    }

    /** Begins with what the log of an earlier epoch has in common with this one. */
    private void takeOver(LedgerIdentity identity) {
        // What was claimed stands on what its claimer has taken over, whatever the ledger has of that.
        Optional<EarlierLog> before = claimed == null
                ? EarlierLog.of(name, identity, notes, alive)
                : stored.predecessor().map(note -> EarlierLog.named(note, name, notes));
        before.ifPresent(this::takeOver);
    }

    private void takeOver(EarlierLog before) {
        earlier = before;
        while (growth.size() < before.common()) {
            alive.run();
            for (Hash leaf : before.tree().leaves(growth.size())) {
                if (growth.size() < before.common()) {
                    growth.addSigned(leaf);
                    last = leaf;
                }
            }
        }
        if (claimed == null) {
            stored.follow(SignedNote.of(before.predecessor(origin).text(), origin, keys.signing()));
        }
    }

    /** Holds what is stored against what the ledger remembers. */
    private void compare(Optional<Seal> remembered, LedgerIdentity identity) {
        Optional<Seal> common = remembered.filter(seal -> seal.epoch() == name.epoch()
                || (isTakenOver(seal)
                        && identity.lastCommon(seal.epoch())
                                .filter(cut -> cut.seq() >= seal.last().seq())
                                .isPresent()));
        if (common.isEmpty()) {
            return;
        }
        Seal seal = common.get();
        if (seal.last().seq() > growth.size()) {
            requireThere(seal);
            owed = seal;
        } else if (seal.last().seq() > 0) {
            require(seal, tree().root(seal.last().seq()));
        }
    }

    /** Whether it may have what was signed in an earlier epoch: what it says itself of where it began counts, once it is signed. */
    private boolean isTakenOver(Seal seal) {
        return published == 0
                || stored.predecessor()
                        .map(note -> Predecessor.parse(note.text()))
                        .filter(before -> before.common() >= seal.last().seq())
                        .isPresent();
    }

    /** What was signed cannot be built anew where ledger and log have both lost it. */
    private void requireThere(Seal seal) {
        long head = parts.ledger().order().head().seq();
        if (head < seal.last().seq()) {
            throw new ProofException(
                    Reason.DAMAGED,
                    "the ledger remembers that " + seal.last().seq()
                            + " events of it were signed for, and has lost the last "
                            + (seal.last().seq() - head) + " of them, and the log in " + stored + " has " + published
                            + ": bring the log's files back from a copy");
        }
    }

    /** Whoever was killed behind a checkpoint has not told the ledger of it. */
    private void remind(Optional<Seal> remembered) {
        boolean known = remembered
                .filter(seal -> seal.epoch() == name.epoch() && seal.last().seq() >= published)
                .isPresent();
        if (published == 0 || known || !stands()) {
            return;
        }
        lastEvent = parts.ledger().order().read(published - 1, 1).stream()
                .filter(event -> event.seq() == published)
                .findFirst();
        parts.ledger().sealing().remember(seal(new LogCheckpoint(origin, published, growth.root())));
    }

    private static void require(Seal seal, Hash root) {
        if (!root.base64().equals(seal.root())) {
            throw altered(seal);
        }
    }

    private static ProofException altered(Seal seal) {
        return new ProofException(
                Reason.ALTERED,
                "another root was signed for the first " + seal.last().seq()
                        + " events of this ledger than the one that its"
                        + " log leads to: somebody has altered the log, the ledger, or what the ledger remembers of it;"
                        + " contextgraph audit says what is wrong");
    }

    /** What was added, as a tree. */
    Tree tree() {
        return growth.tree();
    }

    String origin() {
        return origin;
    }

    LogName name() {
        return name;
    }

    long size() {
        return growth.size();
    }

    /** How far it was signed, or somebody has claimed to sign. */
    long claimed() {
        LogCheckpoint next = claimed;
        return next == null ? published : next.size();
    }

    /** What was signed of it for certain, here or in the log that it goes on with, as a tree that may go on behind that. */
    Tree signed() {
        EarlierLog before = earlier;
        return before == null ? new Tree(stored, published) : before.tree();
    }

    /** How many leaves that are. */
    long signedSize() {
        EarlierLog before = earlier;
        return before == null ? published : before.common();
    }

    /** How far it was signed. */
    long published() {
        return published;
    }

    /** Whether something was added that may be signed, and was not. */
    boolean isUnpublished() {
        LogCheckpoint next = claimed;
        return next == null ? owed == null && published < growth.size() : growth.size() == next.size();
    }

    /** Up to where leaves should be added before it is looked whether they lead to what was signed, or claimed. */
    long next(long to) {
        long next = owed == null || owed.last().seq() <= growth.size()
                ? to
                : Math.min(to, owed.last().seq());
        return claimed() > growth.size() ? Math.min(next, claimed()) : next;
    }

    /**
     * Adds the leaves of the ledger up to a number.
     *
     * @return false where the last one that was added before is not in the ledger any more, so that nothing was added; or where
     *     what was claimed is not what the ledger has, and will never be signed
     */
    boolean fill(long to) {
        if (!stands()) {
            return false;
        }
        leaves.each(growth.size(), to, this::add);
        LogCheckpoint next = claimed;
        if (next != null && growth.size() == next.size() && !growth.root().equals(next.root())) {
            requireLost(next);
            return false;
        }
        if (owed != null && growth.size() == owed.last().seq()) {
            require(owed, growth.root());
            owed = null;
        }
        return true;
    }

    /** What was claimed may have been lost, and others taken its numbers; where that is not so, no epoch may end. */
    private void requireLost(LogCheckpoint next) {
        if (unknown > 0) {
            throw new ProofException(
                    Reason.MISSING,
                    "a server has undertaken to sign for the events up to " + next.size() + " in " + stored
                            + ", and knew more of those that have gone than there is here, where nothing is known of "
                            + unknown + ": bring the archive, or the folder pruned-ids of that server, or have it go"
                            + " on; where they are not there any more, take " + stored.claimFile(published)
                            + " away while no server runs");
        }
        if (owed != null) {
            throw altered(owed);
        }
    }

    /** Whether the ledger has what was added last, or has let go of it. */
    private boolean stands() {
        long size = growth.size();
        return size == 0
                || parts.ledger().order().read(size - 1, 1).stream()
                        .filter(event -> event.seq() == size)
                        .allMatch(event -> Objects.equals(leaves.of(event), last));
    }

    private void add(Hash leaf, Optional<RecordedEvent> event) {
        if (claimed != null && event.isEmpty() && leaves.isUnknown(leaf, growth.size() + 1)) {
            unknown++;
        }
        if (owed == null) {
            growth.add(leaf);
        } else {
            growth.addSigned(leaf);
        }
        last = leaf;
        lastEvent = event;
    }

    /**
     * Signs for all that was added, and stores that; nothing where it may not be signed yet, or was.
     *
     * @param last whether nothing more is to be added now: then witnesses are asked, and waited for
     */
    void publish(boolean last) {
        if (!isUnpublished()) {
            return;
        }
        LogCheckpoint checkpoint = new LogCheckpoint(origin, growth.size(), growth.root());
        SignedNote note = SignedNote.of(checkpoint.text(), origin, keys.signing());
        if (!stored.claim(published, note)) {
            throw new LedgerException(
                    LedgerException.Reason.UNAVAILABLE,
                    "another server has gone on with the log in " + stored + " since it was read");
        }
        growth.store();
        if (last && parts.witnesses().lack(note)) {
            note = note.with(parts.witnesses().cosign(note, tree()));
        }
        stored.publish(checkpoint.size(), note);
        claimed = null;
        earlier = null;
        unknown = 0;
        alone = parts.witnesses().lack(note) ? note : null;
        published = checkpoint.size();
        parts.ledger().sealing().remember(seal(checkpoint));
        growth.settle();
    }

    /** Whether witnesses should be asked again. */
    boolean isAlone() {
        return alone != null;
    }

    /** Asks witnesses for the newest checkpoint again, which none has cosigned. */
    void witness() {
        SignedNote note = alone;
        if (note == null || growth.size() != published) {
            return;
        }
        SignedNote witnessed = note.with(parts.witnesses().cosign(note, tree()));
        if (!parts.witnesses().lack(witnessed)) {
            stored.publishWitnessed(published, witnessed);
            alone = null;
        }
    }

    private Seal seal(LogCheckpoint checkpoint) {
        Head head = new Head(
                checkpoint.size(),
                lastEvent
                        .map(RecordedEvent::position)
                        .orElseGet(() ->
                                parts.ledger().pruning().extent().through().position()));
        return new Seal(
                name.epoch(),
                head,
                lastEvent.map(event -> event.event().id()),
                checkpoint.root().base64(),
                keys.signing().stream()
                        .map(SigningKey::shown)
                        .map(key -> key.id())
                        .toList(),
                parts.clock().instant());
    }

    @Override
    public void close() {
        leaves.close();
    }
}
