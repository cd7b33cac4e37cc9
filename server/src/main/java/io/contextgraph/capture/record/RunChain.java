// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The rolling digest of a run: one link for each record, made of all records up to it. Two runs have the same link at a
 * place exactly when they are the same up to there.
 */
final class RunChain {
    /** Half of a digest: 16 bytes for each record of everything that is imported together are held in memory. */
    private static final int LINK_BYTES = 16;

    private final RecordDigest digest;
    private byte[] links = new byte[0];
    private int size;

    /** @param digest makes the links */
    RunChain(RecordDigest digest) {
        this.digest = digest;
    }

    /** Adds a record by its digest. */
    void add(String recordDigest) {
        String before = size == 0 ? "" : link(size - 1);
        byte[] link = HexFormat.of().parseHex(digest.of(before + recordDigest), 0, 2 * LINK_BYTES);
        if ((size + 1) * LINK_BYTES > links.length) {
            links = Arrays.copyOf(links, Math.max(8 * LINK_BYTES, 2 * links.length));
        }
        System.arraycopy(link, 0, links, size * LINK_BYTES, LINK_BYTES);
        size++;
    }

    /** How many records there are. */
    int size() {
        return size;
    }

    /** The link of record {@code index}, in hexadecimal. */
    String link(int index) {
        return HexFormat.of().formatHex(links, index * LINK_BYTES, (index + 1) * LINK_BYTES);
    }

    /** How many records both begin with. */
    int common(RunChain other) {
        int shorter = Math.min(size, other.size);
        int differs = Arrays.mismatch(links, 0, shorter * LINK_BYTES, other.links, 0, shorter * LINK_BYTES);
        return differs < 0 ? shorter : differs / LINK_BYTES;
    }
}
