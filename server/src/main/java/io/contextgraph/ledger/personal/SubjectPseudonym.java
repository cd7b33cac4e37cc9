// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What stands for a person in the ledger.
 *
 * <p><b>Shape.</b> {@code p<generation>_<32 hexadecimal digits>}, such as {@code p1_0f1e...}: the generation, from 1 to 999999999, is
 * that of the key that made it, the digits are in lower case.
 */
public record SubjectPseudonym(String value) {
    /** The same form as a regular expression. */
    static final String FORM = "p[1-9][0-9]{0,8}_[0-9a-f]{32}";

    private static final Pattern WHOLE = Pattern.compile(FORM);

    /** @throws IllegalArgumentException with a message that does not quote {@code value}: it may be the id of a person */
    public SubjectPseudonym {
        if (!WHOLE.matcher(value).matches()) {
            throw new IllegalArgumentException("a pseudonym has the form p<generation>_<32 hexadecimal digits in lower"
                    + " case>, which this text has not");
        }
    }

    /** Reads the text form; empty for anything else. */
    public static Optional<SubjectPseudonym> parse(String text) {
        return WHOLE.matcher(text).matches() ? Optional.of(new SubjectPseudonym(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
