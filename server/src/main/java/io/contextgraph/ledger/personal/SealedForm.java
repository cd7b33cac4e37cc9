// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import io.contextgraph.event.Event;
import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import java.util.Optional;

/**
 * The sealed payload of an event about a person, as the ledger takes it.
 *
 * <p><b>Shape.</b> One JSON object with these members in this order, without white space:
 * {@code {"sealed":1,"algorithm":"XAES-256-GCM","key":"<pseudonym>.<key generation>","ciphertext":"<base64>"}}. The append script
 * checks the same.
 *
 * <p><b>Units and bounds.</b> An algorithm has 1 to 40 capitals, digits and hyphens; the generation of a key is from 1 to
 * 999999999; the ciphertext has at least one byte.
 *
 * @param subject whose key opens it
 * @param generation that of the key
 * @param payload the text
 */
public record SealedForm(SubjectPseudonym subject, int generation, Payload payload) {
    /** The highest generation of a key. */
    public static final int MAX_GENERATION = 999_999_999;

    // Read without an expression, which takes longer than the seal: each append of an event about a person is looked
    // at.
    private static final String VERSION = "\"sealed\":1";
    private static final String ALGORITHM = "{" + VERSION + ",\"algorithm\":\"";
    private static final String KEY = "\",\"key\":\"";
    private static final String CIPHERTEXT = "\",\"ciphertext\":\"";
    private static final String END = "\"}";

    private static final int LONGEST_ALGORITHM = 40;

    /** Digits of base64 that stand for three bytes. */
    private static final int GROUP = 4;

    private static final int MOST_PADDING = 2;

    /** Whether a character is a digit of base64. */
    private static final boolean[] BASE64 = base64();

    private static boolean[] base64() {
        boolean[] digits = new boolean['z' + 1];
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
                .chars()
                .forEach(c -> digits[c] = true);
        return digits;
    }

    /** @throws IllegalArgumentException when no key has this generation */
    public static void requireGeneration(int generation) {
        if (generation < 1 || generation > MAX_GENERATION) {
            throw new IllegalArgumentException("a generation is from 1 to " + MAX_GENERATION + ": " + generation);
        }
    }

    /** Reads a payload; empty where it is in plain, or anything else. */
    public static Optional<SealedForm> parse(Payload payload) {
        String text = payload.json();
        int key = text.startsWith(ALGORITHM) ? text.indexOf(KEY, ALGORITHM.length()) : -1;
        int ciphertext = key < 0 ? -1 : text.indexOf(CIPHERTEXT, key);
        int end = text.length() - END.length();
        if (ciphertext < 0
                || !isAlgorithm(text, ALGORITHM.length(), key)
                || !isBase64(text, ciphertext + CIPHERTEXT.length(), end)
                || !text.endsWith(END)) {
            return Optional.empty();
        }
        return ofKey(text.substring(key + KEY.length(), ciphertext), payload);
    }

    private static Optional<SealedForm> ofKey(String key, Payload payload) {
        int point = key.indexOf('.');
        return point >= 0 && SubjectPseudonym.isGeneration(key, point + 1, key.length())
                ? SubjectPseudonym.parse(key.substring(0, point))
                        .map(subject -> new SealedForm(subject, Integer.parseInt(key.substring(point + 1)), payload))
                : Optional.empty();
    }

    private static boolean isAlgorithm(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if ((c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-') {
                return false;
            }
        }
        return to > from && to - from <= LONGEST_ALGORITHM;
    }

    private static boolean isBase64(String text, int from, int to) {
        int end = to;
        while (to - end < MOST_PADDING && end > from && text.charAt(end - 1) == '=') {
            end--;
        }
        for (int i = from; i < end; i++) {
            char c = text.charAt(i);
            if (c >= BASE64.length || !BASE64[c]) {
                return false;
            }
        }
        return end > from && (to - from) % GROUP == 0;
    }

    /** The text in the form of {@link Json#canonical}, which what is hashed has: only the order of the members is another. */
    public String canonical() {
        String text = payload.json();
        int key = text.indexOf(KEY);
        int ciphertext = text.indexOf(CIPHERTEXT, key);
        return "{" + text.substring(VERSION.length() + 2, key)
                + text.substring(ciphertext, text.length() - END.length()) + text.substring(key, ciphertext) + "\","
                + VERSION + "}";
    }

    /** That of an event about a person; empty where it is about nobody, or not as the ledger takes it: sealed for its subject. */
    public static Optional<SealedForm> of(Event event) {
        return event.dataSubjectId()
                .flatMap(subject -> event.payload()
                        .flatMap(SealedForm::parse)
                        .filter(form -> form.subject().value().equals(subject)));
    }
}
