// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import java.util.regex.Pattern;

/**
 * Writes the escapes of surrogates ({@code \ud83d}) as the characters themselves, in JSON that passes in pieces: the
 * parser takes a half that stands alone in a name only so.
 */
final class HalfEscapes {
    private static final int LENGTH = 6;
    private static final Pattern DIGITS = Pattern.compile("[dD][89a-fA-F][0-9a-fA-F]{2}");

    /** The beginning of an escape whose end has not come. */
    private String held = "";

    private boolean changed;

    /** A whole text. */
    static String written(String json) {
        HalfEscapes escapes = new HalfEscapes();
        return escapes.next(json) + escapes.end();
    }

    /** The next piece, without the beginning of an escape at its end, and with the one that came before. */
    String next(String piece) {
        String text = held + piece;
        held = "";
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            if (text.charAt(i) != '\\') {
                out.append(text.charAt(i++));
            } else if (i + 1 < text.length() && text.charAt(i + 1) != 'u') {
                out.append(text, i, i + 2);
                i += 2;
            } else if (text.length() - i < LENGTH) {
                held = text.substring(i);
                return out.toString();
            } else {
                escape(text.substring(i, i + LENGTH), out);
                i += LENGTH;
            }
        }
        return out.toString();
    }

    private void escape(String escape, StringBuilder out) {
        String digits = escape.substring(2);
        if (DIGITS.matcher(digits).matches()) {
            changed = true;
            out.append((char) Integer.parseInt(digits, 16));
        } else {
            out.append(escape);
        }
    }

    /** What is left when there are no more pieces. */
    String end() {
        String rest = held;
        held = "";
        return rest;
    }

    /** Whether the text is shorter than it was. */
    boolean changed() {
        return changed;
    }
}
