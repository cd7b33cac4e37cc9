// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.tree;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tree of which the tiles are there: its leaves, its root, that of any smaller one that it was before, and what proves them.
 *
 * <p><b>Units and bounds.</b> Keeps the {@value #KEPT} tiles that were used last: 8 KiB each.
 *
 * <p><b>Errors.</b> {@link TileException}.
 *
 * <p><b>Threads.</b> One at a time.
 *
 * <p><b>Source.</b> RFC 6962, section 2.1.
 */
public final class Tree {
    private static final int KEPT = 64;

    private final Tiles tiles;
    private final long size;
    private final TreeHasher hasher = new TreeHasher();
    private final Map<Tile, byte[]> kept = new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Tile, byte[]> eldest) {
            return size() > KEPT;
        }
    };

    /** @param size how many leaves it has */
    public Tree(Tiles tiles, long size) {
        this.tiles = tiles;
        this.size = size;
    }

    public long size() {
        return size;
    }

    /** The hash of a leaf. */
    public Hash leaf(long index) {
        require(index >= 0 && index < size, index, size);
        return stored(0, index);
    }

    /** Whether a leaf is this one; true where the tile that says it is not there: nobody can say otherwise. */
    public boolean mayHave(long index, Hash leaf) {
        try {
            return leaf(index).equals(leaf);
        } catch (TileException missing) {
            return true;
        }
    }

    /** The hashes of leaves that follow each other, up to the end of the tile of the first. */
    public List<Hash> leaves(long from) {
        require(from >= 0 && from < size, from, size);
        Tile tile = Tile.of(0, from, size);
        byte[] hashes = read(tile);
        List<Hash> leaves = new ArrayList<>();
        for (int at = (int) (from % Tile.FULL); at < tile.width(); at++) {
            leaves.add(Hash.at(hashes, at));
        }
        return leaves;
    }

    public Hash root() {
        return root(size);
    }

    /** The root that it had when it had so many leaves. */
    public Hash root(long earlier) {
        require(earlier >= 0 && earlier <= size, earlier, size);
        return earlier == 0 ? hasher.empty() : range(0, earlier);
    }

    /**
     * What proves that a leaf is in it, as it was when it had {@code of} leaves.
     *
     * @return from the leaf's sibling up to the child of the root
     */
    public List<Hash> inclusion(long index, long of) {
        require(of <= size && index >= 0 && index < of, index, of);
        List<Hash> path = new ArrayList<>();
        long low = 0;
        long high = of;
        while (high - low > 1) {
            long middle = low + split(high - low);
            if (index < middle) {
                path.addFirst(range(middle, high));
                high = middle;
            } else {
                path.addFirst(range(low, middle));
                low = middle;
            }
        }
        return path;
    }

    /**
     * What proves that the tree of {@code of} leaves began as the one of {@code earlier} leaves.
     *
     * @return nothing where they are the same, or the earlier one had no leaf
     */
    public List<Hash> consistency(long earlier, long of) {
        require(of <= size && earlier >= 0 && earlier <= of, earlier, of);
        List<Hash> proof = new ArrayList<>();
        if (earlier == 0 || earlier == of) {
            return proof;
        }
        long low = 0;
        long high = of;
        // Down to the subtree that ends where the earlier tree ended.
        while (high != earlier) {
            long middle = low + split(high - low);
            if (earlier <= middle) {
                proof.addFirst(range(middle, high));
                high = middle;
            } else {
                proof.addFirst(range(low, middle));
                low = middle;
            }
        }
        if (low > 0) {
            proof.addFirst(range(low, high));
        }
        return proof;
    }

    private static void require(boolean fits, long index, long size) {
        if (!fits) {
            throw new IllegalArgumentException("a tree of " + size + " leaves has nothing at " + index);
        }
    }

    /** The largest power of two below a number that is at least 2. */
    private static long split(long leaves) {
        return Long.highestOneBit(leaves - 1);
    }

    /** The root over some leaves, the first of which is a multiple of the greatest power of two below their number. */
    private Hash range(long low, long high) {
        long leaves = high - low;
        if (Long.bitCount(leaves) == 1) {
            return stored(Long.numberOfTrailingZeros(leaves), low / leaves);
        }
        long middle = low + split(leaves);
        return hasher.node(range(low, middle), range(middle, high));
    }

    /** The root of a perfect subtree. */
    private Hash stored(int height, long index) {
        int level = height / Tile.HEIGHT;
        int above = height % Tile.HEIGHT;
        long first = index << above;
        Tile tile = Tile.of(level, first, Tile.nodes(level, size));
        return hasher.perfect(read(tile), (int) (first % Tile.FULL), 1 << above);
    }

    private byte[] read(Tile tile) {
        byte[] known = kept.get(tile);
        if (known == null) {
            known = tiles.read(tile);
            byte[] ignored = kept.put(tile, known);
        }
        return known;
    }
}
