// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a data key.
 *
 * @param pseudonym whose payloads it opens
 * @param generation from 1; each time that an erased subject is authorised again begins another one
 */
public record KeyId(Pseudonym pseudonym, int generation) implements Comparable<KeyId> {
    private static final Pattern FORM = Pattern.compile("([^.]+)\\.([1-9][0-9]{0,8})");
    private static final Comparator<KeyId> ORDER =
            Comparator.comparing(KeyId::pseudonym).thenComparingInt(KeyId::generation);

    public KeyId {
        if (generation < 1) {
            throw new IllegalArgumentException("a generation is 1 or more, not " + generation);
        }
    }

    /** Reads the text form; empty for anything else. */
    public static Optional<KeyId> parse(String text) {
        Matcher parts = FORM.matcher(text);
        return parts.matches()
                ? Pseudonym.parse(parts.group(1))
                        .map(pseudonym -> new KeyId(pseudonym, Integer.parseInt(parts.group(2))))
                : Optional.empty();
    }

    /** What the wrapped key belongs to. */
    byte[] associatedData() {
        return AssociatedData.of("Context Graph data key 1", pseudonym.toString(), Integer.toString(generation));
    }

    @Override
    public int compareTo(KeyId other) {
        return ORDER.compare(this, other);
    }

    /** Both, separated by a point. */
    @Override
    public String toString() {
        return pseudonym + "." + generation;
    }
}
