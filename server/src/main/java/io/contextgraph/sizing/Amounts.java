// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.sizing;

import java.util.Locale;

/** Numbers for people, in the same form everywhere. */
public final class Amounts {
    private static final int DIGITS = 3;
    private static final double KILO = 1_000;

    private Amounts() {}

    /** A whole number. */
    public static String count(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    /** A number without digits that say nothing, at most three behind the point. */
    public static String plain(double value) {
        String text = String.format(Locale.ROOT, "%,.3f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    /** A number with three digits that count, or more where it is larger. */
    public static String rounded(double value) {
        int whole = (int) Math.floor(Math.log10(Math.max(value, 1))) + 1;
        return String.format(Locale.ROOT, "%,." + Math.max(0, DIGITS - whole) + "f", value);
    }

    /** Bytes in the largest unit of which there is one, by thousands, with three digits that count. */
    public static String bytes(double value) {
        String[] units = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
        double left = value;
        int unit = 0;
        while (left >= KILO && unit < units.length - 1) {
            left /= KILO;
            unit++;
        }
        return (unit == 0 ? count(left) : rounded(left)) + " " + units[unit];
    }
}
