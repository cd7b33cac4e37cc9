// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import io.contextgraph.event.LowerHex;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands for a data subject everywhere outside of the process that was told of it.
 *
 * <p><b>Shape.</b> {@code p<generation>_<32 hexadecimal digits>}, such as {@code p1_0f1e...}: the first 128 bits of the
 * HMAC-SHA256 of the id.
 *
 * @param generation of the key that made it, from 1
 * @param digits in lower case
 */
public record Pseudonym(int generation, String digits) implements Comparable<Pseudonym> {
    /** Hexadecimal digits: 128 bits. */
    static final int DIGITS = 32;

    private static final Pattern FORM = Pattern.compile("p([1-9][0-9]{0,8})_([0-9a-f]{" + DIGITS + "})");
    private static final Comparator<Pseudonym> ORDER =
            Comparator.comparing(Pseudonym::digits).thenComparingInt(Pseudonym::generation);

    public Pseudonym {
        if (generation < 1) {
            throw new IllegalArgumentException("a generation is 1 or more, not " + generation);
        }
        if (!LowerHex.isAll(digits, 0, DIGITS)) {
            throw new IllegalArgumentException("a pseudonym has " + DIGITS + " hexadecimal digits in lower case");
        }
    }

    /** Reads the text form; empty for anything else. */
    public static Optional<Pseudonym> parse(String text) {
        Matcher parts = FORM.matcher(text);
        return parts.matches()
                ? Optional.of(new Pseudonym(Integer.parseInt(parts.group(1)), parts.group(2)))
                : Optional.empty();
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException with a message that does not quote {@code text}: it may be the id of a person
     */
    public static Pseudonym of(String text) {
        return parse(text)
                .orElseThrow(() -> new IllegalArgumentException("a pseudonym has the form p<generation>_<" + DIGITS
                        + " hexadecimal digits in lower case>, which this text has not"));
    }

    /** By what the hash says, so that what is kept in this order is spread evenly. */
    @Override
    public int compareTo(Pseudonym other) {
        return ORDER.compare(this, other);
    }

    /** The text form. */
    @Override
    public String toString() {
        return "p" + generation + "_" + digits;
    }
}
