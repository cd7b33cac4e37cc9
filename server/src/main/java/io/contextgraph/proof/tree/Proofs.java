// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.tree;

import java.util.Iterator;
import java.util.List;

/**
 * Checks what was proven of a tree, by its hashes alone.
 *
 * <p><b>Source.</b> RFC 9162, sections 2.1.3.2 and 2.1.4.2.
 */
public final class Proofs {
    private Proofs() {}

    /** Whether a leaf is in a tree. */
    public static boolean includes(Hash leaf, long index, long size, List<Hash> path, Hash root) {
        if (index < 0 || index >= size) {
            return false;
        }
        TreeHasher hasher = new TreeHasher();
        long node = index;
        long last = size - 1;
        Hash hash = leaf;
        for (Hash sibling : path) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                hash = hasher.node(sibling, hash);
                // What has no sibling goes up as it is.
                int up = Long.numberOfTrailingZeros(node);
                node >>>= up;
                last >>>= up;
            } else {
                hash = hasher.node(hash, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && hash.equals(root);
    }

    /** Whether a tree began as an earlier one. */
    public static boolean extend(long earlier, Hash earlierRoot, long size, Hash root, List<Hash> proof) {
        if (earlier == 0 || earlier == size) {
            return proof.isEmpty()
                    && (earlier == 0 ? earlierRoot.equals(new TreeHasher().empty()) : earlierRoot.equals(root));
        }
        if (earlier < 0 || earlier > size || proof.isEmpty()) {
            return false;
        }
        TreeHasher hasher = new TreeHasher();
        Iterator<Hash> hashes = proof.iterator();
        long node = earlier - 1;
        long last = size - 1;
        int up = Long.numberOfTrailingZeros(~node);
        node >>>= up;
        last >>>= up;
        Hash before = node == 0 ? earlierRoot : hashes.next();
        Hash now = before;
        while (hashes.hasNext()) {
            if (last == 0) {
                return false;
            }
            Hash next = hashes.next();
            if ((node & 1) == 1 || node == last) {
                before = hasher.node(next, before);
                now = hasher.node(next, now);
                int over = Long.numberOfTrailingZeros(node);
                node >>>= over;
                last >>>= over;
            } else {
                now = hasher.node(now, next);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && before.equals(earlierRoot) && now.equals(root);
    }
}
