// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.Tile;
import io.contextgraph.proof.tree.Tiles;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.tree.TreeGrowth;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The tiles of a log that grows: what is added is kept until it may be stored.
 *
 * <p><b>Threads.</b> One at a time.
 */
final class GrowingTiles implements Tiles {
    private final StoredLog stored;
    private final TreeGrowth growth;
    private final Map<Tile, byte[]> filled = new LinkedHashMap<>();

    /** Those at the right edge as it is stored. */
    private final Set<Tile> edge = new HashSet<>();

    /** @param growth a log as it is stored */
    GrowingTiles(StoredLog stored, TreeGrowth growth) {
        this.stored = stored;
        this.growth = growth;
        growth.partials((tile, hashes) -> edge.add(tile));
    }

    long size() {
        return growth.size();
    }

    Hash root() {
        return growth.root();
    }

    Tree tree() {
        return new Tree(this, growth.size());
    }

    /** Adds a leaf. */
    void add(Hash leaf) {
        growth.add(leaf, filled::put);
    }

    /** Adds one that was signed for before: of these there may be too many to be kept. */
    void addSigned(Hash leaf) {
        growth.add(leaf, stored::rewrite);
    }

    @Override
    public byte[] read(Tile tile) {
        byte[] found = filled.get(tile);
        return found != null ? found : growth.partial(tile).orElseGet(() -> stored.read(tile));
    }

    /** Stores all that is not stored yet, the right edge last. */
    void store() {
        filled.forEach(stored::write);
        growth.partials((tile, hashes) -> {
            if (!edge.contains(tile)) {
                stored.write(tile, hashes);
            }
        });
    }

    /** Forgets what is stored, and takes away what is covered by full tiles now. */
    void settle() {
        filled.clear();
        Set<Tile> before = Set.copyOf(edge);
        edge.clear();
        growth.partials((tile, hashes) -> edge.add(tile));
        before.stream()
                .filter(tile -> tile.isFullIn(growth.size()))
                .forEach(tile -> stored.forgetPartials(tile.full()));
    }
}
