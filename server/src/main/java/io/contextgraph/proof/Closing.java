// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.proof.note.LogCheckpoint;

/**
 * That nobody goes on with a log, as another one has taken over what it had: signed as its checkpoints are, and in the place of a claim, so that
 * nothing more can be claimed.
 *
 * <p><b>Shape.</b> As text four lines: {@value #FORM}, the origin of the log, and size and root of its newest checkpoint when it was
 * closed. Where somebody had claimed to sign next then, and could still be about to, it stands behind that claim.
 *
 * @param last the newest checkpoint; of size 0 where there was none
 */
public record Closing(LogCheckpoint last) {
    static final String FORM = "context-graph-closed/v1";

    /** Whether a text is that of one. */
    static boolean isOne(String text) {
        return text.startsWith(FORM + "\n");
    }

    /**
     * Reads {@link #text}.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Closing parse(String text) {
        if (!isOne(text)) {
            throw new IllegalArgumentException("what closes a log begins with " + FORM);
        }
        return new Closing(LogCheckpoint.parse(text.substring(FORM.length() + 1)));
    }

    String text() {
        return FORM + "\n" + last.text();
    }
}
