// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.proof.StoredLog;
import io.contextgraph.proof.audit.AuditFault.Kind;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.LeafTiles;
import io.contextgraph.proof.tree.Tile;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.proof.tree.Tree;
import java.util.Arrays;
import java.util.List;

/** Holds the files of a log against what was signed: its leaves must lead to the root, and all that is stored above to both. */
final class LogAudit {
    private final StoredLog log;
    private final LogCheckpoint checkpoint;
    private final AuditFindings findings;
    private final LeafTiles tiles;
    private final Tree tree;
    private boolean whole = true;

    LogAudit(StoredLog log, LogCheckpoint checkpoint, AuditFindings findings) {
        this.log = log;
        this.checkpoint = checkpoint;
        this.findings = findings;
        this.tiles = new LeafTiles(log);
        this.tree = new Tree(tiles, checkpoint.size());
    }

    /** What its leaves lead to, whatever is stored above them. */
    Tree tree() {
        return tree;
    }

    /** The leaves of a tile; none where it is not there, which is told. */
    List<Hash> leaves(long from) {
        try {
            return tree.leaves(from);
        } catch (TileException missing) {
            whole = false;
            tile(String.valueOf(missing.getMessage()));
            return List.of();
        }
    }

    /** Whether all leaves that were asked for were there. */
    boolean isWhole() {
        return whole;
    }

    /** Looks at the root, and at all tiles above the leaves, once all leaves were asked for. */
    void look() {
        if (!whole) {
            return;
        }
        if (!tree.root().equals(checkpoint.root())) {
            findings.add(AuditFault.of(
                    Kind.CHECKPOINT,
                    "the leaves in " + log + " do not lead to the root that was signed for " + checkpoint.size()
                            + " events: some of them were altered"));
        }
        Tile.aboveLeaves(checkpoint.size()).forEach(this::compare);
    }

    private void compare(Tile tile) {
        try {
            if (!Arrays.equals(log.read(tile), tiles.read(tile))) {
                tile(tile.path() + " in " + log + " is not what the tiles below it lead to");
            }
        } catch (TileException missing) {
            tile(String.valueOf(missing.getMessage()));
        }
    }

    private void tile(String what) {
        findings.add(AuditFault.of(Kind.TILE, "the log: " + what));
    }
}
