// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

/** Hexadecimal digits in lower case. */
public final class LowerHex {
    private LowerHex() {}

    /** Whether {@code text} has nothing else from a place on, and so many of them. */
    public static boolean isAll(String text, int from, int digits) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return text.length() - from == digits;
    }
}
