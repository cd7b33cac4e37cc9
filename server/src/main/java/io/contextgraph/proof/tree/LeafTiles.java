// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.tree;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tiles of a tree by its leaves alone: those above are computed, whatever is stored of them.
 *
 * <p><b>Units and bounds.</b> Keeps a hash for each full tile: one for 256 leaves.
 *
 * <p><b>Errors.</b> {@link TileException} where leaves are missing.
 *
 * <p><b>Threads.</b> One at a time.
 */
public final class LeafTiles implements Tiles {
    private final Tiles stored;
    private final TreeHasher hasher = new TreeHasher();
    private final List<Map<Long, Hash>> roots = new ArrayList<>();

    /** @param stored where the leaves are */
    public LeafTiles(Tiles stored) {
        this.stored = stored;
        for (int level = 0; level < Tile.LEVELS; level++) {
            roots.add(new HashMap<>());
        }
    }

    @Override
    public byte[] read(Tile tile) {
        byte[] hashes = tile.level() == 0 ? stored.read(tile) : computed(tile);
        if (tile.isFull()) {
            roots.get(tile.level()).put(tile.index(), hasher.perfect(hashes, 0, Tile.FULL));
        }
        return hashes;
    }

    private byte[] computed(Tile tile) {
        byte[] hashes = new byte[tile.bytes()];
        for (int at = 0; at < tile.width(); at++) {
            root(new Tile(tile.level() - 1, tile.index() * Tile.FULL + at, Tile.FULL))
                    .copyTo(hashes, at);
        }
        return hashes;
    }

    private Hash root(Tile full) {
        Hash known = roots.get(full.level()).get(full.index());
        return known != null ? known : hasher.perfect(read(full), 0, Tile.FULL);
    }
}
