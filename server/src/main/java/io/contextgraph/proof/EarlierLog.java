// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.tree.TreeGrowth;
import io.contextgraph.proof.tree.TreeHasher;
import java.util.Optional;

/**
 * The log that another one goes on with.
 *
 * @param last what it has signed last
 * @param tree of that
 * @param common how many of its leaves the other one takes over
 */
record EarlierLog(LogCheckpoint last, Tree tree, long common) {
    /**
     * The newest one before an epoch; empty where nothing was signed before. Nobody can go on with it from then on.
     *
     * @param alive told again and again
     */
    static Optional<EarlierLog> of(LogName name, LedgerIdentity identity, OwnNotes notes, Runnable alive) {
        for (long epoch : StoredLog.epochs(notes.parts().storage(), name)) {
            if (epoch < name.epoch()) {
                alive.run();
                LogName earlier = name.of(epoch);
                Optional<LogCheckpoint> last = closed(earlier, notes);
                if (last.isPresent()) {
                    long cut = identity.lastCommon(epoch).map(Head::seq).orElse(0L);
                    return Optional.of(of(earlier, last.get(), cut, notes, alive));
                }
            }
        }
        return Optional.empty();
    }

    private static EarlierLog of(LogName name, LogCheckpoint last, long cut, OwnNotes notes, Runnable alive) {
        SealerParts parts = notes.parts();
        Tree tree = tree(new StoredLog(parts.storage(), name), last);
        // A ledger that was restored from before does not know of epochs that came since; and a server that was slow
        // may have
        // signed for more than was known when the epoch began.
        long there = Math.min(parts.ledger().order().head().seq(), last.size());
        Head common = new LostEnd(parts.ledger(), tree, last.origin(), name.epoch(), alive).common(cut, there);
        return new EarlierLog(last, tree, common.seq());
    }

    /** The one that is named, of which somebody has taken over what is said there: nobody can go on with anything else. */
    static EarlierLog named(SignedNote note, LogName name, OwnNotes notes) {
        Predecessor said = Predecessor.parse(note.text());
        LogName earlier = name.ofOrigin(
                        notes.parts().settings().name(), said.last().origin())
                .orElseThrow(() -> new ProofException(
                        Reason.FOREIGN,
                        "the log " + notes.origin(name) + " goes on with "
                                + said.last().origin() + ", which is of another ledger, or under another "
                                + ProofSettings.ORIGIN.key()));
        StoredLog stored = new StoredLog(notes.parts().storage(), earlier);
        return new EarlierLog(said.last(), tree(stored, said.last()), said.common());
    }

    /** Has nobody go on with a log; what somebody has claimed may still be published, and nothing behind that. */
    private static Optional<LogCheckpoint> closed(LogName name, OwnNotes notes) {
        StoredLog stored = new StoredLog(notes.parts().storage(), name);
        while (true) {
            stored.settle();
            Optional<LogCheckpoint> newest = notes.newest(stored, name);
            LogCheckpoint last =
                    newest.orElseGet(() -> new LogCheckpoint(notes.origin(name), 0, new TreeHasher().empty()));
            SignedNote note = SignedNote.of(
                    new Closing(last).text(), notes.origin(name), notes.keys().signing());
            long at = last.size();
            while (!stored.close(at, note)) {
                at = notes.claimed(stored, name, at).map(LogCheckpoint::size).orElse(at);
            }
            // What was published meanwhile is the end of it.
            if (notes.newest(stored, name).equals(newest)) {
                return newest;
            }
        }
    }

    private static Tree tree(StoredLog stored, LogCheckpoint last) {
        OwnNotes.requireRoot(stored, last, new TreeGrowth(stored, last.size()).root());
        return new Tree(stored, last.size());
    }

    /** What the log says that goes on with it. */
    Predecessor predecessor(String origin) {
        return new Predecessor(origin, last, common, tree.root(common));
    }
}
