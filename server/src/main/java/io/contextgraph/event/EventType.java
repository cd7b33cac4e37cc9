// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.Optional;

/** What kind of action an event records: dotted, lower case, such as {@code tool.execute}. */
public record EventType(String value) implements Comparable<EventType> {
    /** Longest type, in characters. */
    public static final int MAX_LENGTH = 255;

    /** The form of a type, as published. */
    public static final String FORM = "^[a-z][a-z0-9]*(\\.[a-z][a-z0-9_]*)+$";

    /** @throws IllegalArgumentException when {@code value} is not of that form */
    public EventType {
        if (!isValid(value)) {
            throw new IllegalArgumentException("event_type " + rule(value) + ": " + value);
        }
    }

    /** Reads a type; empty when it is not of the form. */
    public static Optional<EventType> parse(String text) {
        return isValid(text) ? Optional.of(new EventType(text)) : Optional.empty();
    }

    /** The rule that a text breaks which is no type. */
    static String rule(String text) {
        return text.length() > MAX_LENGTH
                ? "must have at most " + MAX_LENGTH + " characters, has " + text.length()
                : "must match " + FORM;
    }

    private static boolean isValid(String text) {
        if (text.length() > MAX_LENGTH) {
            return false;
        }
        int dots = 0;
        char before = '.';
        for (int i = 0; i < text.length(); i++) {
            char found = text.charAt(i);
            if (found == '.') {
                dots++;
            }
            boolean letter = found >= 'a' && found <= 'z';
            boolean inside = letter || found == '.' || (found >= '0' && found <= '9') || (found == '_' && dots > 0);
            if (before == '.' ? !letter : !inside) {
                return false;
            }
            before = found;
        }
        return dots > 0 && before != '.';
    }

    @Override
    public int compareTo(EventType other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
