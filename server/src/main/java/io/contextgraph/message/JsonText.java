// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.message;

import io.contextgraph.event.Json;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** JSON that stands inside a text, as most libraries write their attributes. */
public final class JsonText {
    /** How a container begins, if it was not empty before it was cut. */
    private static final Pattern BEGUN = Pattern.compile("[\\[{]\\s*[\\[{\"].*", Pattern.DOTALL);

    /** What may stand after the last comma of a text that was cut: how a value begins. */
    private static final Pattern BEGUN_VALUE = Pattern.compile("\\s*([\\[{\"0-9-].*|[tfn][a-z]{0,4})?", Pattern.DOTALL);

    private JsonText() {}

    /** What a text says as JSON, if that is an object, an array or a text in quotes; else the value as it is. */
    public static JsonNode read(JsonNode value) {
        return inside(value).orElse(value);
    }

    /** The object, array or quoted text that a text is, even if its end was cut; empty for anything else. */
    static Optional<JsonNode> inside(JsonNode value) {
        return uncut(value)
                .or(() -> value.isString() ? mended(value.stringValue().strip()) : Optional.empty());
    }

    /** The object, array or quoted text that a text is as a whole. */
    static Optional<JsonNode> uncut(JsonNode value) {
        if (!value.isString()) {
            return Optional.empty();
        }
        String text = value.stringValue().strip();
        boolean whole = (text.startsWith("{") && text.endsWith("}"))
                || (text.startsWith("[") && text.endsWith("]"))
                || (text.length() > 1 && text.startsWith("\"") && text.endsWith("\""));
        return whole ? parsed(text) : Optional.empty();
    }

    private static Optional<JsonNode> parsed(String text) {
        try {
            return Optional.of(Json.MAPPER.readTree(text));
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
    }

    /** A text that was cut: its open string and containers are closed, or the last field is left out. */
    private static Optional<JsonNode> mended(String text) {
        if (!BEGUN.matcher(text).matches()) {
            return Optional.empty();
        }
        Optional<Cut> cut = Cut.of(text);
        Optional<JsonNode> whole = cut.flatMap(
                at -> parsed(at.inString() ? withoutHalfEscape(text) + "\"" + at.closers() : text + at.closers()));
        return whole.or(() -> cut.filter(at -> at.lastComma() > 0)
                .filter(at ->
                        BEGUN_VALUE.matcher(text.substring(at.lastComma() + 1)).matches())
                .map(at -> text.substring(0, at.lastComma()))
                .flatMap(before -> Cut.of(before).flatMap(at -> parsed(before + at.closers()))));
    }

    /**
     * Where a text ends.
     *
     * @param closers of the containers that are open
     * @param lastComma outside of strings, or -1
     */
    private record Cut(boolean inString, String closers, int lastComma) {
        /** Empty when brackets do not match or are all closed: then nothing was cut. */
        static Optional<Cut> of(String text) {
            Deque<Character> open = new ArrayDeque<>();
            boolean inString = false;
            int lastComma = -1;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (inString && c == '\\') {
                    i++;
                } else if (c == '"') {
                    inString = !inString;
                } else if (!inString && (c == '{' || c == '[')) {
                    open.push(c == '{' ? '}' : ']');
                } else if (!inString && (c == '}' || c == ']')) {
                    if (open.isEmpty() || open.pop() != c || open.isEmpty()) {
                        return Optional.empty();
                    }
                } else if (!inString && c == ',') {
                    lastComma = i;
                }
            }
            StringBuilder closers = new StringBuilder();
            open.forEach(closers::append);
            return Optional.of(new Cut(inString, closers.toString(), lastComma));
        }
    }

    /** {@code \} or {@code \}{@code u12} at the end is no character. */
    private static String withoutHalfEscape(String text) {
        int at = text.lastIndexOf('\\');
        if (at < text.length() - 6 || at < 0) {
            return text;
        }
        int slashes = 0;
        while (at - slashes >= 0 && text.charAt(at - slashes) == '\\') {
            slashes++;
        }
        boolean half = at == text.length() - 1 || (text.charAt(at + 1) == 'u' && text.length() - at < 6);
        return slashes % 2 == 1 && half ? text.substring(0, at) : text;
    }
}
