// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.note;

import io.contextgraph.proof.tree.Hash;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a log says of itself: which one it is, how many entries it has, and what the root over them is.
 *
 * <p><b>Source.</b> C2SP tlog-checkpoint.
 *
 * @param origin which log
 * @param size how many leaves its tree has
 * @param root over all of them
 */
public record LogCheckpoint(String origin, long size, Hash root) {
    private static final Pattern TEXT =
            Pattern.compile("([^\n]+)\n(0|[1-9]\\d{0,17})\n([A-Za-z0-9+/]{43}=)\n((?:[^\n]+\n)*)");

    /**
     * Reads {@link #text}.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static LogCheckpoint parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a checkpoint has lines for its origin, its size and its root");
        }
        return new LogCheckpoint(parts.group(1), Long.parseLong(parts.group(2)), Hash.ofBase64(parts.group(3)));
    }

    /** The text of a note. */
    public String text() {
        return origin + "\n" + size + "\n" + root.base64() + "\n";
    }
}
