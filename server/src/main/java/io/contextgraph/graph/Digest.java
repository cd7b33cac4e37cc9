// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import java.util.Map;

/**
 * Short numbers that stand for what the projection has written, so that much of it is compared by adding up.
 *
 * <p><b>Units and bounds.</b> A node's digest has 48 bits, keys and edges 31: Neo4j adds up a page of them without leaving
 * 64 bits. Two different contents have the same digest by chance once in 2^48, two edges once in 2^31. They tell mistakes
 * and losses, not the work of somebody who knows how they are made.
 *
 * <p><b>Source.</b> FNV-1a of 64 bits over UTF-16 units, finished as in MurmurHash3. The Cypher that adds up says the same
 * as {@link #edge}.
 */
public final class Digest {
    /** Digests of nodes are below this. */
    public static final long NODE_BOUND = 1L << 48;

    /** Keys, and digests of edges, are below this prime. */
    public static final long EDGE_BOUND = (1L << 31) - 1;

    /** What the key of an edge's source is multiplied with, so that direction matters. */
    public static final long SOURCE_FACTOR = 1_000_003;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Digest() {}

    /** Of a node, from the names and values of its properties, in whatever order; values are texts and whole numbers. */
    public static long node(Map<String, ?> properties) {
        long sum = 0;
        for (Map.Entry<String, ?> property : properties.entrySet()) {
            long name = hash(FNV_OFFSET, property.getKey());
            sum += mix(
                    property.getValue() instanceof Long number
                            ? (name ^ mix(number)) * FNV_PRIME
                            : hash((name ^ '=') * FNV_PRIME, String.valueOf(property.getValue())));
        }
        return Math.floorMod(mix(sum), NODE_BOUND);
    }

    /** Of an id: what an edge knows of the node at its end. */
    public static long key(String id) {
        return Math.floorMod(mix(hash(FNV_OFFSET, id)), EDGE_BOUND);
    }

    /** Of an edge, from the keys of its ends. */
    public static long edge(long source, long target, String type) {
        long line = (source * SOURCE_FACTOR + target + weight(type)) % EDGE_BOUND;
        return line * line % EDGE_BOUND;
    }

    /** Tells edges of different types between the same nodes apart. */
    public static long weight(String type) {
        return switch (type) {
            case GraphEdge.FOLLOWS -> 7919;
            case GraphEdge.CAUSED_BY -> 104_729;
            case GraphEdge.REFERENCES -> 1_299_709;
            default -> 15_485_863;
        };
    }

    private static long hash(long start, String text) {
        long hash = start;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }

    private static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
