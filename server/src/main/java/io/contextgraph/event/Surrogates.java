// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Halves of characters without the other half: JSON can say them, UTF-8 cannot, so that nobody could give them back. */
public final class Surrogates {
    private Surrogates() {}

    /** Whether a text is none of Unicode, because a half stands alone in it. */
    public static boolean isBroken(String text) {
        return next(text, 0) < text.length();
    }

    /** How many halves stand alone in a text. */
    public static int count(String text) {
        int count = 0;
        for (int at = next(text, 0); at < text.length(); at = next(text, at + 1)) {
            count++;
        }
        return count;
    }

    /** The text with U+FFFD in the place of each of them. */
    public static String replaced(String text) {
        StringBuilder whole = new StringBuilder(text);
        for (int at = next(text, 0); at < text.length(); at = next(text, at + 1)) {
            whole.setCharAt(at, '\ufffd');
        }
        return whole.toString();
    }

    /** Where the next half stands alone; the end of the text where none does. */
    private static int next(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    return i;
                }
                i++;
            }
        }
        return text.length();
    }

    /**
     * Where a value first has a text or a name with half a character.
     *
     * @param at where the value stands, as a JSON pointer
     * @return a JSON pointer: to the text, or to the object that has the name; empty where there is none
     */
    public static Optional<String> find(JsonNode value, String at) {
        if (value.isString()) {
            return isBroken(value.stringValue()) ? Optional.of(at) : Optional.empty();
        }
        if (value.isObject()) {
            for (String name : value.propertyNames()) {
                Optional<String> found =
                        isBroken(name) ? Optional.of(at) : find(value.get(name), at + Fault.pointer(name));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        for (int i = 0; value.isArray() && i < value.size(); i++) {
            Optional<String> found = find(value.get(i), at + "/" + i);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
