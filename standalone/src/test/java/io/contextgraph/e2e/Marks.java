// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Texts that no one else writes, and what each of them stands for. All begin alike, so that a search for the beginning finds every
 * one of them.
 *
 * <p><b>Shape.</b> {@link #PREFIX} and {@value #TAIL} letters of a to z. Every second one is given with a letter before it that
 * no store packs into fewer bits, which stores do with short texts of plain letters.
 */
final class Marks {
    /** Of all of them. */
    static final String PREFIX = "xqzvhunt";

    /** Letters that differ. */
    static final int TAIL = 12;

    private static final String WIDE = "\u0416";

    private final Random random = new Random();
    private final Map<String, String> meanings = new LinkedHashMap<>();

    /** A new one, as it is to be sent. */
    String mark(String meaning) {
        StringBuilder mark = new StringBuilder(PREFIX);
        for (int i = 0; i < TAIL; i++) {
            mark.append((char) ('a' + random.nextInt(26)));
        }
        String before = meanings.put(mark.toString(), meaning);
        if (before != null) {
            throw new IllegalStateException("the same mark twice: " + before);
        }
        return meanings.size() % 2 == 0 ? WIDE + mark : mark.toString();
    }

    /** What a mark stands for, also where only its beginning was found; itself where it is none of these. */
    String meaning(String found) {
        return find(found).orElse(found);
    }

    /** Whether it is one of these, or may be the beginning of one: files in blocks cut what they have. */
    boolean has(String found) {
        return find(found).isPresent();
    }

    private Optional<String> find(String found) {
        String letters = found.replaceFirst("[^a-z].*", "");
        if (!letters.startsWith(PREFIX)) {
            return Optional.empty();
        }
        return meanings.entrySet().stream()
                .filter(one -> one.getKey().startsWith(letters))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** How many there are. */
    int size() {
        return meanings.size();
    }
}
