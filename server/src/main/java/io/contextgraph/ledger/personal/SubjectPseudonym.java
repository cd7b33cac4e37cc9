// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import io.contextgraph.event.LowerHex;
import java.util.Optional;

/**
 * What stands for a person in the ledger.
 *
 * <p><b>Shape.</b> {@code p<generation>_<32 hexadecimal digits>}, such as {@code p1_0f1e...}: the generation, from 1 to 999999999, is
 * that of the key that made it, the digits are in lower case.
 */
public record SubjectPseudonym(String value) {
    private static final int LONGEST_GENERATION = 9;
    private static final int DIGITS = 32;

    /** @throws IllegalArgumentException with a message that does not quote {@code value}: it may be the id of a person */
    public SubjectPseudonym {
        if (!isValid(value)) {
            throw new IllegalArgumentException("a pseudonym has the form p<generation>_<" + DIGITS
                    + " hexadecimal digits in lower case>, which this text has not");
        }
    }

    /** Reads the text form; empty for anything else. */
    public static Optional<SubjectPseudonym> parse(String text) {
        return isValid(text) ? Optional.of(new SubjectPseudonym(text)) : Optional.empty();
    }

    private static boolean isValid(String text) {
        int digits = text.length() - DIGITS;
        return digits > 1
                && text.charAt(0) == 'p'
                && isGeneration(text, 1, digits - 1)
                && text.charAt(digits - 1) == '_'
                && LowerHex.isAll(text, digits, DIGITS);
    }

    /** Whether a part of a text is the number of a generation, from 1 to 999999999. */
    static boolean isGeneration(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
        }
        return to > from && to - from <= LONGEST_GENERATION && text.charAt(from) != '0';
    }

    @Override
    public String toString() {
        return value;
    }
}
