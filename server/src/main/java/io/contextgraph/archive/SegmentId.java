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
 * <p><b>Shape.</b> {@code <first seq>-<last seq>-e<epoch>}, numbers of events with 16 digits: names sort as events do.
 */
public record SegmentId(long firstSeq, long lastSeq, long epoch) implements Comparable<SegmentId> {
    private static final Comparator<SegmentId> ORDER = Comparator.comparingLong(SegmentId::firstSeq)
            .thenComparingLong(SegmentId::lastSeq)
            .thenComparingLong(SegmentId::epoch);

    private static final Pattern FORM = Pattern.compile("(\\d{16})-(\\d{16})-e([1-9]\\d{0,15})");

    /** Reads the text form; empty for anything else. */
    public static Optional<SegmentId> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new SegmentId(
                        Long.parseLong(matcher.group(1)),
                        Long.parseLong(matcher.group(2)),
                        Long.parseLong(matcher.group(3))))
                : Optional.empty();
    }

    @Override
    public int compareTo(SegmentId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "%016d-%016d-e%d".formatted(firstSeq, lastSeq, epoch);
    }
}
