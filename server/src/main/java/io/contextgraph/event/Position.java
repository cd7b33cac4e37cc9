// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import static java.util.stream.Collectors.joining;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Where an event stands in the ledger: the entry id of the stream of its partition. Rises in commit order; opaque to clients,
 * who may only hand it back.
 *
 * <p><b>Shape.</b> {@code <milliseconds>-<sequence>} as text, and {@code @<partition>} behind it in a ledger of several
 * partitions. Not a clock: never read the time out of it.
 *
 * <p><b>Order.</b> Within a partition that of recording. Between partitions by what their clocks said, which promises nothing.
 *
 * @param partition of the event; {@value #WHOLE} in a ledger that is one order
 */
public record Position(long millis, long sequence, int partition) implements Comparable<Position> {
    /** In place of the number of a partition, where there is only one. */
    public static final int WHOLE = -1;

    /** The largest number of a partition. */
    public static final int MAX_PARTITION = Original.MAX_PARTITION;

    /** Before the first event. */
    public static final Position START = new Position(0, 0);

    private static final int MAX_DIGITS = 19;
    private static final int MAX_PARTITION_DIGITS = 5;
    private static final char AT = '@';

    /** Between those of several partitions. */
    private static final String AND = ",";

    private static final Comparator<Position> ORDER = Comparator.comparingLong(Position::millis)
            .thenComparingInt(Position::partition)
            .thenComparingLong(Position::sequence);

    /** In a ledger that is one order. */
    public Position(long millis, long sequence) {
        this(millis, sequence, WHOLE);
    }

    /** @throws IllegalArgumentException when {@code text} is not a position */
    public static Position of(String text) {
        return parse(text)
                .orElseThrow(() ->
                        new IllegalArgumentException("position must have the form <milliseconds>-<sequence>: " + text));
    }

    /** Reads the text form; empty for anything else. */
    public static Optional<Position> parse(String text) {
        int at = text.indexOf(AT);
        int end = at < 0 ? text.length() : at;
        int hyphen = text.indexOf('-');
        if (hyphen < 0
                || !isNumber(text, 0, hyphen, MAX_DIGITS)
                || !isNumber(text, hyphen + 1, end, MAX_DIGITS)
                || (at >= 0 && !isNumber(text, at + 1, text.length(), MAX_PARTITION_DIGITS))) {
            return Optional.empty();
        }
        try {
            if (at >= 0 && Integer.parseInt(text, at + 1, text.length(), 10) > MAX_PARTITION) {
                return Optional.empty();
            }
            return Optional.of(new Position(
                    Long.parseLong(text, 0, hyphen, 10),
                    Long.parseLong(text, hyphen + 1, end, 10),
                    at < 0 ? WHOLE : Integer.parseInt(text, at + 1, text.length(), 10)));
        } catch (NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }

    /** Whether there are 1 to {@code most} digits and nothing else. */
    private static boolean isNumber(String text, int from, int to, int most) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return to > from && to - from <= most;
    }

    /** The same place in a partition; {@value #WHOLE} for that of a ledger that is one order. */
    public Position in(int other) {
        return other == partition ? this : new Position(millis, sequence, other);
    }

    /** Whether both name a partition, and not the same. */
    public boolean isOfAnotherPartition(Position other) {
        return partition != WHOLE && other.partition != WHOLE && partition != other.partition;
    }

    /** Which of so many partitions it is of; empty where of none of them. In a ledger that is one order positions name none. */
    public OptionalInt among(int partitions) {
        if (partitions == 1) {
            return partition == WHOLE ? OptionalInt.of(0) : OptionalInt.empty();
        }
        return partition >= 0 && partition < partitions ? OptionalInt.of(partition) : OptionalInt.empty();
    }

    /** One for each partition as one text: what {@link #each} reads. */
    public static String text(List<Position> positions) {
        return positions.stream().map(Position::toString).collect(joining(AND));
    }

    /** @throws IllegalArgumentException when {@code text} is not that of one position or more */
    public static List<Position> each(String text) {
        return Stream.of(text.split(AND, -1)).map(Position::of).toList();
    }

    /** The first one that is greater, of this partition. */
    public Position next() {
        return sequence < Long.MAX_VALUE
                ? new Position(millis, sequence + 1, partition)
                : new Position(millis + 1, 0, partition);
    }

    /** The last one that is less, of this partition. */
    public Position before() {
        return sequence > 0
                ? new Position(millis, sequence - 1, partition)
                : new Position(millis - 1, Long.MAX_VALUE, partition);
    }

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        String place = millis + "-" + sequence;
        return partition == WHOLE ? place : place + AT + partition;
    }
}
