// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.operation.Watcher;
import io.contextgraph.proof.Closing;
import io.contextgraph.proof.Leaf;
import io.contextgraph.proof.LogName;
import io.contextgraph.proof.Predecessor;
import io.contextgraph.proof.ProofKeys;
import io.contextgraph.proof.StoredLog;
import io.contextgraph.proof.audit.AuditFault.Kind;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.LeafTiles;
import io.contextgraph.proof.tree.Tile;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.proof.tree.Tiles;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.tree.TreeHasher;
import io.contextgraph.signing.VerifyingKey;
import io.contextgraph.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Follows a log back through all that it goes on with: each must be what the next one says of it. */
final class EarlierLogs {
    private final Storage logs;
    private final String deployment;
    private final List<VerifyingKey> keys;
    private final AuditFindings findings;
    private final List<AuditReport.Cut> cuts = new ArrayList<>();

    /**
     * @param deployment what origins begin with
     * @param keys that what is stored must be signed by
     */
    EarlierLogs(Storage logs, String deployment, List<VerifyingKey> keys, AuditFindings findings) {
        this.logs = logs;
        this.deployment = deployment;
        this.keys = List.copyOf(keys);
        this.findings = findings;
    }

    /**
     * Looks at all before a log.
     *
     * @param tree of that log
     * @param watcher told of each log, and of each tile of leaves that is read of the last one
     * @return what was lost from one to the next, the last loss first
     */
    List<AuditReport.Cut> look(LogName log, Tree tree, Watcher watcher) {
        LogName name = log;
        Tree now = tree;
        while (true) {
            Optional<SignedNote> note = new StoredLog(logs, name).predecessor();
            if (note.isEmpty()) {
                requireFirst(name);
                return cuts;
            }
            Optional<Predecessor> named = named(name, note.get());
            if (named.isEmpty()) {
                return cuts;
            }
            Predecessor before = named.get();
            cuts.add(new AuditReport.Cut(before.last().origin(), before.last().size(), before.common()));
            LogName earlier = name.ofOrigin(deployment, before.last().origin()).orElseThrow();
            watcher.at(Auditor.Phase.LOGS, cuts.size(), cuts.size());
            // All leaves of the one before are read; of those before it what is stored above them, down to what was
            // lost.
            StoredLog stored = new StoredLog(logs, earlier);
            Tiles tiles = name.equals(log)
                    ? new LeafTiles(new WatchedTiles(stored, before.last().size(), watcher))
                    : stored;
            Optional<Tree> then = compared(earlier, before, now, tiles);
            if (then.isEmpty()) {
                return cuts;
            }
            name = earlier;
            now = then.get();
        }
    }

    private void wrong(String what) {
        findings.add(AuditFault.of(Kind.HISTORY, what));
    }

    /** That which names no other must be the first one. */
    private void requireFirst(LogName name) {
        StoredLog.epochs(logs, name).stream()
                .filter(epoch -> epoch < name.epoch())
                .map(name::of)
                .filter(this::isLeftOut)
                .findFirst()
                .ifPresent(earlier -> wrong("the log " + origin(name) + " does not say that it goes on with "
                        + origin(earlier) + ", which is there: it was begun anew"));
    }

    /** Whether it was signed, and not only by somebody who was too late. */
    private boolean isLeftOut(LogName earlier) {
        StoredLog log = new StoredLog(logs, earlier);
        LogCheckpoint none = new LogCheckpoint(origin(earlier), 0, new TreeHasher().empty());
        return log.newest()
                .map(note -> LogCheckpoint.parse(note.text()))
                .filter(newest -> !isClosed(newest, none, log))
                .isPresent();
    }

    private String origin(LogName name) {
        return name.origin(deployment);
    }

    private boolean isSigned(SignedNote note, LogName by) {
        return ProofKeys.verifiers(origin(by), keys).stream().anyMatch(note::isSignedBy);
    }

    private Optional<Predecessor> named(LogName name, SignedNote note) {
        Predecessor before;
        try {
            before = Predecessor.parse(note.text());
        } catch (IllegalArgumentException other) {
            wrong("what the log " + origin(name) + " says of the one before is not what was written: "
                    + other.getMessage());
            return Optional.empty();
        }
        boolean earlier = name.ofOrigin(deployment, before.last().origin())
                .filter(one -> one.epoch() < name.epoch())
                .isPresent();
        if (!before.origin().equals(origin(name)) || !isSigned(note, name) || !earlier) {
            wrong("what the log " + origin(name)
                    + " says of the one before was not signed by a key of this ledger, or is of another log");
            return Optional.empty();
        }
        return Optional.of(before);
    }

    /** The tree of an earlier log, where that is what the next one says of it. */
    private Optional<Tree> compared(LogName name, Predecessor said, Tree next, Tiles tiles) {
        StoredLog log = new StoredLog(logs, name);
        Optional<SignedNote> note = log.newest();
        if (note.isEmpty()) {
            findings.unchecked("the log " + origin(name) + ", which had signed for "
                    + said.last().size() + " events: its files are not there any more");
            return Optional.empty();
        }
        LogCheckpoint newest = LogCheckpoint.parse(note.get().text());
        if (!isSigned(note.get(), name) || !isEnd(newest, said.last(), log)) {
            wrong("the newest checkpoint of the log " + origin(name) + ", for " + newest.size()
                    + " events, is not the one that the next log goes on with, for "
                    + said.last().size() + ": somebody has signed after it had ended, or altered it");
            return Optional.empty();
        }
        Tree then = new Tree(tiles, newest.size());
        try {
            if (!then.root().equals(newest.root())
                    || !then.root(said.last().size()).equals(said.last().root())) {
                wrong("the leaves of the log " + origin(name) + " do not lead to the root that was signed for them");
                return Optional.empty();
            }
            boolean common = said.common() <= Math.min(newest.size(), next.size())
                    && then.root(said.common()).equals(said.root())
                    && next.root(said.common()).equals(said.root());
            if (!common) {
                wrong("the first " + said.common() + " events of the log " + origin(name)
                        + " are not those that the next log says it has taken over");
            } else if (hasKept(said, then, next)) {
                wrong("the log " + origin(name) + " had events behind the first " + said.common()
                        + " that the next log has, too, and says that it has lost: somebody has altered some of them");
            }
            return Optional.of(then);
        } catch (TileException missing) {
            findings.add(AuditFault.of(Kind.TILE, "the log: " + missing.getMessage()));
            return Optional.empty();
        }
    }

    /** Whether a checkpoint is the last that may be signed: the one that was taken over, or what somebody had claimed by then. */
    private boolean isEnd(LogCheckpoint newest, LogCheckpoint last, StoredLog log) {
        return newest.equals(last) || isClosed(newest, last, log);
    }

    /** Whether it was closed with one, behind another that was still to be published. */
    private boolean isClosed(LogCheckpoint newest, LogCheckpoint last, StoredLog log) {
        return log.closed(newest.size())
                .filter(note ->
                        ProofKeys.verifiers(newest.origin(), keys).stream().anyMatch(note::isSignedBy))
                .filter(note -> Closing.parse(note.text()).last().equals(last))
                .isPresent();
    }

    /** Whether something is in both behind what both say to have: a number and a position are never given again. */
    private static boolean hasKept(Predecessor said, Tree then, Tree next) {
        TreeHasher hasher = new TreeHasher();
        long end = Math.min(said.last().size(), next.size());
        for (long at = said.common(); at < end; ) {
            List<Hash> before = then.leaves(at);
            List<Hash> now = next.leaves(at);
            int both = Math.toIntExact(Math.min(end - at, Math.min(before.size(), now.size())));
            for (int i = 0; i < both; i++) {
                Hash leaf = before.get(i);
                if (leaf.equals(now.get(i)) && !leaf.equals(hasher.leaf(Leaf.gone(at + i + 1)))) {
                    return true;
                }
            }
            at += both;
        }
        return false;
    }

    /** Tells of each tile of leaves that is read. */
    private record WatchedTiles(Tiles tiles, long size, Watcher watcher) implements Tiles {
        @Override
        public byte[] read(Tile tile) {
            watcher.at(Auditor.Phase.LOGS, Math.min(size, tile.index() * Tile.FULL), size);
            return tiles.read(tile);
        }
    }
}
