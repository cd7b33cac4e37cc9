// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an event stands in the ledger: the entry id of the global stream. Rises in commit order; opaque to clients,
 * who may only hand it back.
 *
 * <p><b>Shape.</b> {@code <milliseconds>-<sequence>} as text. Not a clock: never read the time out of it.
 */
public record Position(long millis, long sequence) implements Comparable<Position> {
    /** Before the first event. */
    public static final Position START = new Position(0, 0);

    private static final Pattern FORM = Pattern.compile("(\\d{1,19})-(\\d{1,19})");

    /** @throws IllegalArgumentException when {@code text} is not a position */
    public static Position of(String text) {
        return parse(text)
                .orElseThrow(() ->
                        new IllegalArgumentException("position must have the form <milliseconds>-<sequence>: " + text));
    }

    /** Reads the text form; empty for anything else. */
    public static Optional<Position> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Position(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))));
        } catch (NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(Position other) {
        int byMillis = Long.compare(millis, other.millis);
        return byMillis != 0 ? byMillis : Long.compare(sequence, other.sequence);
    }

    @Override
    public String toString() {
        return millis + "-" + sequence;
    }
}
