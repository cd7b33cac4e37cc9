// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.tree;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Some nodes of the tree that lie beside each other, by where they are.
 *
 * <p><b>Source.</b> C2SP tlog-tiles.
 *
 * @param level 0 for leaves; each node of a level is the root of a full tile of the one below
 * @param index which one of its level
 * @param width how many nodes: {@value #FULL}, or fewer at the right edge
 */
public record Tile(int level, long index, int width) {
    /** Nodes of one that is full. */
    public static final int FULL = 256;

    /** Binary logarithm of that. */
    static final int HEIGHT = 8;

    /** Enough for 2^63 leaves. */
    static final int LEVELS = 8;

    private static final int DIGITS = 3;
    private static final long THOUSAND = 1000;
    private static final Pattern PATH =
            Pattern.compile("tile/([0-7])/((?:x\\d{3}/){0,6})(\\d{3})(?:\\.p/([1-9]\\d{0,2}))?");

    public Tile {
        if (level < 0 || level >= LEVELS || index < 0 || width < 1 || width > FULL) {
            throw new IllegalArgumentException("no tile: " + level + ", " + index + ", " + width);
        }
    }

    /** The one that has a node of a level, in a tree that has so many nodes of this level. */
    static Tile of(int level, long node, long nodes) {
        long index = node >>> HEIGHT;
        return new Tile(level, index, (int) Math.min(FULL, nodes - (index << HEIGHT)));
    }

    /** How many nodes a tree of this size has in a level, with those that are no full tile yet. */
    static long nodes(int level, long size) {
        return size >>> (level * HEIGHT);
    }

    /** Those above the leaves, of a tree of this size, with those that are not full. */
    public static Stream<Tile> aboveLeaves(long size) {
        return IntStream.range(1, LEVELS).boxed().flatMap(level -> {
            long nodes = nodes(level, size);
            return LongStream.range(0, (nodes + FULL - 1) / FULL).mapToObj(index -> of(level, index * FULL, nodes));
        });
    }

    public boolean isFull() {
        return width == FULL;
    }

    /** Whether a tree of this size has all its nodes. */
    public boolean isIn(long size) {
        return nodes(level, size) >= index * FULL + width;
    }

    /** Whether it is full in a tree of this size, whatever it was before. */
    public boolean isFullIn(long size) {
        return nodes(level, size) >>> HEIGHT > index;
    }

    /** The one that takes its place when it is full. */
    public Tile full() {
        return new Tile(level, index, FULL);
    }

    /** How many bytes its hashes are. */
    public int bytes() {
        return width * Hash.BYTES;
    }

    /** Where it is found, below the address of the log: {@code tile/0/x001/234.p/17}. */
    public String path() {
        return fullPath() + (isFull() ? "" : ".p/" + width);
    }

    /** What the paths of all that are not full yet begin with. */
    public String partials() {
        return fullPath() + ".p/";
    }

    private String fullPath() {
        StringBuilder path = new StringBuilder("%03d".formatted(index % THOUSAND));
        for (long rest = index / THOUSAND; rest > 0; rest /= THOUSAND) {
            path.insert(0, "x%03d/".formatted(rest % THOUSAND));
        }
        return "tile/" + level + "/" + path;
    }

    /** Reads {@link #path}; empty for anything else. */
    public static Optional<Tile> parse(String path) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long index = 0;
        String higher = matcher.group(2);
        for (int at = 0; at < higher.length(); at += DIGITS + 2) {
            index = index * THOUSAND + Long.parseLong(higher.substring(at + 1, at + 1 + DIGITS));
        }
        index = index * THOUSAND + Long.parseLong(matcher.group(3));
        int width = matcher.group(4) == null ? FULL : Integer.parseInt(matcher.group(4));
        if (width > FULL) {
            return Optional.empty();
        }
        Tile tile = new Tile(Integer.parseInt(matcher.group(1)), index, width);
        // One tile has one path.
        return tile.path().equals(path) ? Optional.of(tile) : Optional.empty();
    }
}
