// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.Optional;

/**
 * Selects events by type: one type ({@code tool.execute}) or all below a prefix ({@code tool.*}).
 *
 * @param text what clients write
 */
public record TypeFilter(String text) {
    /** A type, or what becomes one once a last segment stands in the place of an asterisk. */
    public static final String FORM = "^[a-z][a-z0-9]*(\\.[a-z][a-z0-9_]*)*\\.([a-z][a-z0-9_]*|\\*)$";

    private static final String WILDCARD = ".*";

    /** @throws IllegalArgumentException when {@code text} is neither a type nor a prefix followed by {@code .*} */
    public TypeFilter {
        if (!isValid(text)) {
            throw new IllegalArgumentException(
                    "event_type must be a type such as tool.execute or a prefix such as tool.*: " + text);
        }
    }

    /** Reads a filter; empty when it is neither form. */
    public static Optional<TypeFilter> parse(String text) {
        return isValid(text) ? Optional.of(new TypeFilter(text)) : Optional.empty();
    }

    private static boolean isValid(String text) {
        // A prefix is what becomes a type once a last segment stands in the wildcard's place.
        String type = text.endsWith(WILDCARD) ? text.substring(0, text.length() - 1) + "x" : text;
        return EventType.parse(type).isPresent();
    }

    /** The one type that matches, where it is not a prefix. */
    public Optional<EventType> exact() {
        return text.endsWith(WILDCARD) ? Optional.empty() : Optional.of(new EventType(text));
    }

    /** The prefix with its dot, such as {@code tool.}; for an exact filter the whole type. */
    public String prefix() {
        return text.endsWith(WILDCARD) ? text.substring(0, text.length() - 1) : text;
    }

    /** Whether {@code type} is selected. */
    public boolean matches(EventType type) {
        return text.endsWith(WILDCARD)
                ? type.value().startsWith(prefix())
                : type.value().equals(text);
    }
}
