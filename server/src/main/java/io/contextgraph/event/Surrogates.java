// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.Map;
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
        return find(value).map(below -> at + below);
    }

    /** The pointer is made on the way back only: nearly no value has one. */
    private static Optional<String> find(JsonNode value) {
        if (value.isString()) {
            return isBroken(value.stringValue()) ? Optional.of("") : Optional.empty();
        }
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                if (isBroken(field.getKey())) {
                    return Optional.of("");
                }
                Optional<String> found = find(field.getValue());
                if (found.isPresent()) {
                    return found.map(below -> Fault.pointer(field.getKey()) + below);
                }
            }
        }
        for (int i = 0; value.isArray() && i < value.size(); i++) {
            Optional<String> found = find(value.get(i));
            if (found.isPresent()) {
                int index = i;
                return found.map(below -> "/" + index + below);
            }
        }
        return Optional.empty();
    }
}
