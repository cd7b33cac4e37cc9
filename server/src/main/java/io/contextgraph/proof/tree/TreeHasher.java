// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.tree;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Hashes leaves and nodes, so that none can be taken for the other.
 *
 * <p><b>Threads.</b> One at a time.
 *
 * <p><b>Source.</b> RFC 6962, section 2.1.
 */
public final class TreeHasher {
    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    private final MessageDigest digest;

    public TreeHasher() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The root of a tree without leaves. */
    public Hash empty() {
        return Hash.ofDigest(digest.digest());
    }

    /** That of a leaf. */
    public Hash leaf(byte[] entry) {
        digest.update(LEAF);
        return Hash.ofDigest(digest.digest(entry));
    }

    /** That of two subtrees. */
    public Hash node(Hash left, Hash right) {
        digest.update(NODE);
        left.update(digest);
        right.update(digest);
        return Hash.ofDigest(digest.digest());
    }

    /**
     * The root of a perfect subtree of which some nodes are known.
     *
     * @param hashes of nodes of the same height, one behind the other
     * @param from the first of them
     * @param count how many: a power of two
     */
    Hash perfect(byte[] hashes, int from, int count) {
        Hash[] level = new Hash[count];
        for (int i = 0; i < count; i++) {
            level[i] = Hash.at(hashes, from + i);
        }
        for (int width = count / 2; width > 0; width /= 2) {
            for (int i = 0; i < width; i++) {
                level[i] = node(level[2 * i], level[2 * i + 1]);
            }
        }
        return level[0];
    }
}
