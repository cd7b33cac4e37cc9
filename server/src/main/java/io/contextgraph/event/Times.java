// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Times on the wire: RFC 3339, read with any offset, written in UTC with exactly three decimals. */
public final class Times {
    /** What is read, as a regular expression, but for days that there are not; no offset goes beyond 18 hours. */
    public static final String PATTERN = "^\\d{4}-\\d{2}-\\d{2}[Tt]([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?"
            + "([Zz]|[+-](0\\d|1[0-7]):[0-5]\\d|[+-]18:00)$";

    private static final Pattern FORM =
            Pattern.compile("\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:\\d{2})");
    private static final DateTimeFormatter WRITTEN = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");

    private static final String WRITTEN_FORM = "0000-00-00T00:00:00.000Z";

    private Times() {}

    /** Reads RFC 3339 with an offset, truncated to milliseconds; empty for anything else, leap seconds included. */
    public static Optional<Instant> parse(String text) {
        return isWrittenForm(text) ? parseWritten(text) : parseAny(text);
    }

    private static Optional<Instant> parseAny(String text) {
        if (!FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            Instant time = OffsetDateTime.parse(text.toUpperCase(Locale.ROOT))
                    .toInstant()
                    .truncatedTo(ChronoUnit.MILLIS);
            return time.isBefore(FIRST) || time.isAfter(LAST) ? Optional.empty() : Optional.of(time);
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }

    /** Whether {@code text} has the form that {@link #format} writes: by far the most frequent, and read by hand. */
    private static boolean isWrittenForm(String text) {
        if (text.length() != WRITTEN_FORM.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char wanted = WRITTEN_FORM.charAt(i);
            char found = text.charAt(i);
            if (wanted == '0' ? found < '0' || found > '9' : found != wanted) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Instant> parseWritten(String text) {
        try {
            return Optional.of(LocalDateTime.of(
                            number(text, 0, 4),
                            number(text, 5, 7),
                            number(text, 8, 10),
                            number(text, 11, 13),
                            number(text, 14, 16),
                            number(text, 17, 19),
                            number(text, 20, 23) * 1_000_000)
                    .toInstant(ZoneOffset.UTC));
        } catch (DateTimeException noSuchDay) {
            return Optional.empty();
        }
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    /** Writes {@code 2026-01-31T12:00:00.000Z}. */
    public static String format(Instant time) {
        LocalDateTime utc = LocalDateTime.ofEpochSecond(time.getEpochSecond(), time.getNano(), ZoneOffset.UTC);
        if (utc.getYear() < 0 || utc.getYear() > 9999) {
            return WRITTEN.format(time);
        }
        char[] text = WRITTEN_FORM.toCharArray();
        write(utc.getYear(), text, 4);
        write(utc.getMonthValue(), text, 7);
        write(utc.getDayOfMonth(), text, 10);
        write(utc.getHour(), text, 13);
        write(utc.getMinute(), text, 16);
        write(utc.getSecond(), text, 19);
        write(utc.getNano() / 1_000_000, text, 23);
        return new String(text);
    }

    /** Writes {@code number} into {@code text} so that its last digit stands before {@code end}. */
    private static void write(int number, char[] text, int end) {
        int at = end;
        for (int left = number; left > 0; left /= 10) {
            text[--at] = (char) ('0' + left % 10);
        }
    }
}
