// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.Optional;

/**
 * The rule for names given by producers (session, agent, trace, subject, tool): 1 to 255 characters, none of them a
 * control character or half of a surrogate pair, and no leading {@code __}, which is reserved for the store.
 */
public final class Ids {
    /** Longest name, in characters as a reader counts them (Unicode code points). */
    public static final int MAX_LENGTH = 255;

    /** The rule but for the length, as a regular expression; what cannot be sent at all it does not name. */
    public static final String PATTERN = "^(?!__)[^\\u0000-\\u001f\\u007f-\\u009f]*$";

    private Ids() {}

    /** What is wrong with {@code value}, as the end of a sentence that begins with the field's name. */
    public static Optional<String> fault(String value) {
        int length = value.codePointCount(0, value.length());
        if (length < 1 || length > MAX_LENGTH) {
            return Optional.of("must have 1 to " + MAX_LENGTH + " characters, has " + length);
        }
        if (hasForbiddenCharacter(value)) {
            return Optional.of("must not contain control characters or unpaired surrogates");
        }
        if (value.startsWith("__")) {
            return Optional.of("must not begin with \"__\": such names are reserved");
        }
        return Optional.empty();
    }

    static boolean hasForbiddenCharacter(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isISOControl(c)) {
                return true;
            }
        }
        return Surrogates.isBroken(value);
    }
}
