// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.tree.Hash;

/**
 * What a log says of the one that it goes on with, after the ledger has lost its end: signed as its checkpoints are.
 *
 * <p><b>Shape.</b> As text a line each: {@value #FORM}, the origin of this log, that of the earlier one, the size and the root
 * of the last checkpoint of the earlier one, how many of its entries this log has taken over, and the root over these.
 *
 * @param origin of the log that goes on
 * @param last what the earlier one had signed last
 * @param common how many entries both have
 * @param root over these
 */
public record Predecessor(String origin, LogCheckpoint last, long common, Hash root) {
    static final String FORM = "context-graph-predecessor/v1";
    private static final int LINES = 7;

    /**
     * Reads {@link #text}.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Predecessor parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length != LINES + 1 || !lines[0].equals(FORM)) {
            throw new IllegalArgumentException("what names a predecessor has seven lines, the first of them " + FORM);
        }
        LogCheckpoint last = LogCheckpoint.parse(String.join("\n", lines[2], lines[3], lines[4]) + "\n");
        return new Predecessor(lines[1], last, Long.parseLong(lines[5]), Hash.ofBase64(lines[6]));
    }

    /** How many entries of the earlier log are lost. */
    public long cut() {
        return last.size() - common;
    }

    String text() {
        return FORM + "\n" + origin + "\n" + last.text() + common + "\n" + root.base64() + "\n";
    }
}
