// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.Comparator;

/**
 * Names a data key.
 *
 * @param pseudonym whose payloads it opens
 * @param generation from 1; each time that an erased subject is authorised again begins another one
 */
public record KeyId(Pseudonym pseudonym, int generation) implements Comparable<KeyId> {
    private static final Comparator<KeyId> ORDER =
            Comparator.comparing(KeyId::pseudonym).thenComparingInt(KeyId::generation);

    public KeyId {
        if (generation < 1) {
            throw new IllegalArgumentException("a generation is 1 or more, not " + generation);
        }
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
