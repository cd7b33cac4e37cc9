// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody meant who wrote a name that does not exist. */
public final class Nearest {
    private Nearest() {}

    /** The candidate with the smallest edit distance, if that is at most a third of the longer name. */
    public static Optional<String> to(String written, Collection<String> candidates) {
        if (written.length() > 64) {
            return Optional.empty();
        }
        return candidates.stream()
                .filter(c -> distance(written, c) * 3 <= Math.max(written.length(), c.length()))
                .min(Comparator.comparingInt(c -> distance(written, c)));
    }

    /** Levenshtein's distance, in one row. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
