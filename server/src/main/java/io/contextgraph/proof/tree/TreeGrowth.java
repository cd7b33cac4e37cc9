// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.tree;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The right edge of a tree, to which leaves are added.
 *
 * <p><b>Units and bounds.</b> Keeps at most one tile of each level.
 *
 * <p><b>Threads.</b> One at a time.
 */
public final class TreeGrowth {
    private final TreeHasher hasher = new TreeHasher();
    private final byte[][] edge = new byte[Tile.LEVELS][];
    private long size;

    /** A tree without leaves. */
    public TreeGrowth() {}

    /**
     * A tree that is there.
     *
     * @throws TileException when its right edge is not there
     */
    public TreeGrowth(Tiles tiles, long size) {
        this.size = size;
        for (int level = 0; level < Tile.LEVELS; level++) {
            long nodes = Tile.nodes(level, size);
            if (width(level) > 0) {
                System.arraycopy(
                        tiles.read(Tile.of(level, nodes - 1, nodes)), 0, edge(level), 0, width(level) * Hash.BYTES);
            }
        }
    }

    private byte[] edge(int level) {
        if (edge[level] == null) {
            edge[level] = new byte[Tile.FULL * Hash.BYTES];
        }
        return edge[level];
    }

    /** How many nodes of a level are in no full tile yet. */
    private int width(int level) {
        return (int) (Tile.nodes(level, size) % Tile.FULL);
    }

    public long size() {
        return size;
    }

    /**
     * Adds a leaf.
     *
     * @param filled told each tile that is full now, with its hashes, those below first
     */
    public void add(Hash leaf, BiConsumer<Tile, byte[]> filled) {
        Hash node = leaf;
        for (int level = 0; ; level++) {
            byte[] hashes = edge(level);
            int width = width(level);
            node.copyTo(hashes, width);
            if (width + 1 < Tile.FULL) {
                break;
            }
            filled.accept(new Tile(level, Tile.nodes(level, size) / Tile.FULL, Tile.FULL), hashes.clone());
            node = hasher.perfect(hashes, 0, Tile.FULL);
        }
        size++;
    }

    /** Tells the tiles that are not full, with their hashes. */
    public void partials(BiConsumer<Tile, byte[]> each) {
        for (int level = 0; level < Tile.LEVELS; level++) {
            int width = width(level);
            if (width > 0) {
                Tile tile = new Tile(level, Tile.nodes(level, size) / Tile.FULL, width);
                each.accept(tile, Arrays.copyOf(edge(level), width * Hash.BYTES));
            }
        }
    }

    /** The hashes of one that is not full; empty where the tree as it is now has no such one. */
    public Optional<byte[]> partial(Tile tile) {
        boolean there =
                tile.width() == width(tile.level()) && tile.index() == Tile.nodes(tile.level(), size) / Tile.FULL;
        return there ? Optional.of(Arrays.copyOf(edge(tile.level()), tile.bytes())) : Optional.empty();
    }

    /** The root of the tree as it is now. */
    public Hash root() {
        if (size == 0) {
            return hasher.empty();
        }
        // From the right, where the subtrees are smallest.
        Hash root = null;
        for (int level = 0; level < Tile.LEVELS; level++) {
            int width = width(level);
            for (int part = 1; part < Tile.FULL; part *= 2) {
                if ((width & part) != 0) {
                    Hash left = hasher.perfect(edge(level), width & -(2 * part), part);
                    root = root == null ? left : hasher.node(left, root);
                }
            }
        }
        if (root == null) {
            throw new IllegalStateException("a tree with leaves has a root");
        }
        return root;
    }
}
