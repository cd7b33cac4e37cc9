// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import java.util.List;
import java.util.Random;

/** Text as people and models write it: words, punctuation, quotes and line breaks; the same number, the same text. */
final class Prose {
    private static final List<String> WORDS = List.of(
            "order",
            "the",
            "customer",
            "refund",
            "a",
            "cannot",
            "\"pending\"",
            "is",
            "delivery",
            "to",
            "please",
            "of",
            "address",
            "and",
            "café",
            "in",
            "invoice",
            "tomorrow",
            "we",
            "shipped",
            "warehouse",
            "that",
            "2,400",
            "at",
            "confirmed",
            "yesterday",
            "not",
            "stock",
            "for",
            "item");
    private static final int SENTENCE = 12;

    private Prose() {}

    /** About {@code chars} characters. */
    static String text(long number, int chars) {
        Random random = new Random(number);
        StringBuilder text = new StringBuilder(chars + 16);
        for (int words = 1; text.length() < chars; words++) {
            text.append(WORDS.get(random.nextInt(WORDS.size())));
            text.append(words % SENTENCE != 0 ? " " : random.nextInt(4) == 0 ? ".\n" : ". ");
        }
        return text.toString().strip();
    }
}
