// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.Tile;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.tree.TreeGrowth;
import io.contextgraph.signing.SigningKey;
import io.contextgraph.signing.SigningKeys;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
    private final StoredLog stored;
    private final Leaves leaves;
    private final TreeGrowth growth;
    private final Set<Tile> written = new HashSet<>();

    /** What must be reached before anything is signed. */
    private @Nullable Seal owed;

    private @Nullable Hash last;
    private Optional<RecordedEvent> lastEvent = Optional.empty();
    private long published;

    /** The newest checkpoint, while there are witnesses and none has cosigned it. */
    private @Nullable SignedNote alone;

    private OpenLog(SealerParts parts, LogName name, SigningKeys keys) {
        this.parts = parts;
        this.name = name;
        this.keys = keys;
        this.origin = name.origin(parts.settings().name());
        this.stored = new StoredLog(parts.storage(), name);
        this.leaves = new Leaves(parts.ledger(), parts.archives(), parts.scratch());
        stored.settle();
        Optional<LogCheckpoint> newest = checkpoint(stored, origin);
        this.published = newest.map(LogCheckpoint::size).orElse(0L);
        this.growth = newest.map(one -> grown(stored, one)).orElseGet(TreeGrowth::new);
        this.last = published > 0 ? new Tree(stored, published).leaf(published - 1) : null;
        growth.partials((tile, hashes) -> written.add(tile));
        this.alone = stored.newest().filter(parts.witnesses()::lack).orElse(null);
    }

    /** Opens that of a ledger; begins one, after that of the epoch before, where there is none yet. */
    static OpenLog open(SealerParts parts, LogName name, LedgerIdentity identity) {
        Optional<Seal> seal = parts.ledger().sealing().seal();
        OpenLog log = new OpenLog(parts, name, parts.signing(name, seal));
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

    private Optional<LogCheckpoint> checkpoint(StoredLog log, String itsOrigin) {
        return log.newest().map(note -> {
            LogCheckpoint checkpoint = LogCheckpoint.parse(note.text());
            if (!checkpoint.origin().equals(itsOrigin)) {
                throw new ProofException(
                        Reason.FOREIGN,
                        "the log in " + log + " is that of " + checkpoint.origin() + ", not of " + itsOrigin + ": set "
                                + ProofSettings.ORIGIN.key() + " to what it was");
            }
            if (!ProofKeys.haveSigned(note, itsOrigin, keys.shown())) {
                throw new ProofException(
                        Reason.FOREIGN,
                        "no key in " + parts.keys() + " has signed the log in " + log
                                + ": all servers of a ledger need the same" + " file; bring it there");
            }
            return checkpoint;
        });
    }

    private static TreeGrowth grown(StoredLog log, LogCheckpoint checkpoint) {
        TreeGrowth grown = new TreeGrowth(log, checkpoint.size());
        requireRoot(log, checkpoint.size(), grown.root(), checkpoint.root().base64());
        return grown;
    }

    private static void requireRoot(StoredLog log, long size, Hash root, String wanted) {
        if (!root.base64().equals(wanted)) {
            throw new ProofException(
                    Reason.DAMAGED,
                    "the tiles in " + log + " do not lead to the root that was signed for " + size
                            + " events: bring its files"
                            + " back from a copy; contextgraph audit says which are wrong");
        }
    }

    /** Begins with what the log of an earlier epoch has in common with this one. */
    private void takeOver(LedgerIdentity identity) {
        for (long epoch : StoredLog.epochs(parts.storage(), name)) {
            LogName earlier = name.of(epoch);
            StoredLog before = new StoredLog(parts.storage(), earlier);
            Optional<LogCheckpoint> checkpoint = epoch < name.epoch()
                    ? checkpoint(before, earlier.origin(parts.settings().name()))
                    : Optional.empty();
            if (checkpoint.isPresent()) {
                takeOver(
                        before,
                        checkpoint.get(),
                        identity.lastCommon(epoch).map(Head::seq).orElse(0L));
                return;
            }
        }
    }

    private void takeOver(StoredLog before, LogCheckpoint checkpoint, long cut) {
        requireRoot(
                before,
                checkpoint.size(),
                new TreeGrowth(before, checkpoint.size()).root(),
                checkpoint.root().base64());
        Tree tree = new Tree(before, checkpoint.size());
        // A ledger that was restored from before does not know of epochs that came since.
        long common = CommonPrefix.of(parts.ledger(), tree, cut).seq();
        while (growth.size() < common) {
            for (Hash leaf : tree.leaves(growth.size())) {
                if (growth.size() < common) {
                    add(leaf, Optional.empty());
                }
            }
        }
        Predecessor predecessor = new Predecessor(origin, checkpoint, common, tree.root(common));
        stored.follow(SignedNote.of(predecessor.text(), origin, keys.signing()));
    }

    /** Holds what is stored against what the ledger remembers. */
    private void compare(Optional<Seal> remembered, LedgerIdentity identity) {
        Optional<Seal> common = remembered.filter(seal -> seal.epoch() == name.epoch()
                || identity.lastCommon(seal.epoch())
                        .filter(cut -> cut.seq() >= seal.last().seq())
                        .isPresent());
        if (common.isEmpty()) {
            return;
        }
        Seal seal = common.get();
        if (seal.last().seq() > growth.size()) {
            owed = seal;
        } else if (seal.last().seq() > 0) {
            require(seal, tree().root(seal.last().seq()));
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
        lastEvent = parts.ledger().log().read(published - 1, 1).stream()
                .filter(event -> event.seq() == published)
                .findFirst();
        parts.ledger().sealing().remember(seal(new LogCheckpoint(origin, published, growth.root())));
    }

    private byte[] grownTile(Tile tile) {
        List<byte[]> found = new ArrayList<>();
        growth.partials((partial, hashes) -> {
            if (partial.equals(tile)) {
                found.add(hashes);
            }
        });
        return found.isEmpty() ? stored.read(tile) : found.getFirst();
    }

    private static void require(Seal seal, Hash root) {
        if (!root.base64().equals(seal.root())) {
            throw new ProofException(
                    Reason.ALTERED,
                    "another root was signed for the first " + seal.last().seq()
                            + " events of this ledger than the one that its"
                            + " log leads to: somebody has altered the log, the ledger, or what the ledger remembers of it;"
                            + " contextgraph audit says what is wrong");
        }
    }

    /** What was added, as a tree. */
    Tree tree() {
        return new Tree(this::grownTile, growth.size());
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

    /** How far it was signed. */
    long published() {
        return published;
    }

    /** Whether something was added that may be signed, and was not. */
    boolean isUnpublished() {
        return owed == null && published < growth.size();
    }

    /** Up to where leaves should be added before it is looked whether they lead to what was signed. */
    long next(long to) {
        return owed == null || owed.last().seq() <= growth.size()
                ? to
                : Math.min(to, owed.last().seq());
    }

    /**
     * Adds the leaves of the ledger up to a number.
     *
     * @return false where the last one that was added before is not in the ledger any more: nothing was added then
     */
    boolean fill(long to) {
        if (!stands()) {
            return false;
        }
        leaves.each(growth.size(), to, this::add);
        if (owed != null && growth.size() == owed.last().seq()) {
            require(owed, growth.root());
            owed = null;
        }
        return true;
    }

    /** Whether the ledger has what was added last, or has let go of it. */
    private boolean stands() {
        long size = growth.size();
        return size == 0
                || parts.ledger().log().read(size - 1, 1).stream()
                        .filter(event -> event.seq() == size)
                        .allMatch(event -> Objects.equals(leaves.of(event), last));
    }

    private void add(Hash leaf, Optional<RecordedEvent> event) {
        growth.add(leaf, this::filled);
        last = leaf;
        lastEvent = event;
    }

    private void filled(Tile tile, byte[] hashes) {
        stored.write(tile, hashes);
    }

    /**
     * Signs for all that was added, and stores that; nothing where it may not be signed yet, or was.
     *
     * @param last whether nothing more is to be added now: then witnesses are asked, and waited for
     */
    void publish(boolean last) {
        if (owed != null || growth.size() == published) {
            return;
        }
        Set<Tile> edge = new HashSet<>();
        growth.partials((tile, hashes) -> {
            if (!written.contains(tile)) {
                stored.write(tile, hashes);
            }
            edge.add(tile);
        });
        LogCheckpoint checkpoint = new LogCheckpoint(origin, growth.size(), growth.root());
        SignedNote note = SignedNote.of(checkpoint.text(), origin, keys.signing());
        if (last && parts.witnesses().lack(note)) {
            stored.announce(checkpoint.size(), note);
            note = note.with(parts.witnesses().cosign(note, tree()));
            stored.publishAnnounced(checkpoint.size(), note);
        } else {
            stored.publish(checkpoint.size(), note);
        }
        alone = parts.witnesses().lack(note) ? note : null;
        published = checkpoint.size();
        parts.ledger().sealing().remember(seal(checkpoint));
        written.removeAll(edge);
        written.stream().filter(tile -> tile.isFullIn(published)).forEach(tile -> stored.forgetPartials(tile.full()));
        written.clear();
        written.addAll(edge);
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
