// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.Optional;

/**
 * Where an event stands in the ledger: the entry id of the global stream. Rises in commit order; opaque to clients,
 * who may only hand it back.
 *
 * <p><b>Shape.</b> {@code <milliseconds>-<sequence>} as text. Not a clock: never read the time out of it.
 */
public record Position(long millis, long sequence) implements Comparable<Position> {
    /** Before the first event. */
    public static final Position START = new Position(0, 0);

    private static final int MAX_DIGITS = 19;

    /** @throws IllegalArgumentException when {@code text} is not a position */
    public static Position of(String text) {
        return parse(text)
                .orElseThrow(() ->
                        new IllegalArgumentException("position must have the form <milliseconds>-<sequence>: " + text));
    }

    /** Reads the text form; empty for anything else. */
    public static Optional<Position> parse(String text) {
        int hyphen = text.indexOf('-');
        if (hyphen < 0 || !isNumber(text, 0, hyphen) || !isNumber(text, hyphen + 1, text.length())) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Position(
                    Long.parseLong(text, 0, hyphen, 10), Long.parseLong(text, hyphen + 1, text.length(), 10)));
        } catch (NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }

    /** Whether there are 1 to 19 digits and nothing else. */
    private static boolean isNumber(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return to > from && to - from <= MAX_DIGITS;
    }

    /** The first one that is greater. */
    public Position next() {
        return sequence < Long.MAX_VALUE ? new Position(millis, sequence + 1) : new Position(millis + 1, 0);
    }

    /** The last one that is less. */
    public Position before() {
        return sequence > 0 ? new Position(millis, sequence - 1) : new Position(millis - 1, Long.MAX_VALUE);
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
