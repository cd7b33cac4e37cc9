// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a segment of a ledger.
 *
 * <p><b>Shape.</b> {@code <first seq>-<last seq>-e<epoch>}, numbers of events with 16 digits: names sort as events do. From the
 * second attempt on {@code -r<attempt>} behind it.
 *
 * @param attempt 1, or how often it has been tried to write these events: those before were not what was written
 */
public record SegmentId(long firstSeq, long lastSeq, long epoch, int attempt) implements Comparable<SegmentId> {
    static final int MOST_ATTEMPTS = 99_999;

    /** The text form, as a regular expression. */
    public static final String PATTERN = "([0-9]{16})-([0-9]{16})-e([1-9][0-9]{0,15})(?:-r([2-9]|[1-9][0-9]{1,4}))?";

    private static final Comparator<SegmentId> ORDER = Comparator.comparingLong(SegmentId::firstSeq)
            .thenComparingLong(SegmentId::lastSeq)
            .thenComparingLong(SegmentId::epoch)
            .thenComparingInt(SegmentId::attempt);

    private static final Pattern FORM = Pattern.compile(PATTERN);

    /** That of the first attempt. */
    public SegmentId(long firstSeq, long lastSeq, long epoch) {
        this(firstSeq, lastSeq, epoch, 1);
    }

    /** Reads the text form; empty for anything else. */
    public static Optional<SegmentId> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new SegmentId(
                        Long.parseLong(matcher.group(1)),
                        Long.parseLong(matcher.group(2)),
                        Long.parseLong(matcher.group(3)),
                        matcher.group(4) == null ? 1 : Integer.parseInt(matcher.group(4))))
                : Optional.empty();
    }

    /** The same events, tried for the {@code number}th time. */
    public SegmentId withAttempt(int number) {
        return new SegmentId(firstSeq, lastSeq, epoch, number);
    }

    @Override
    public int compareTo(SegmentId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        String id = "%016d-%016d-e%d".formatted(firstSeq, lastSeq, epoch);
        return attempt == 1 ? id : id + "-r" + attempt;
    }
}
