// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

/**
 * How much of a value could not stay as it was written.
 *
 * @param notFinite numbers that JSON does not have ({@code NaN}, {@code Infinity}): they became texts
 * @param halves halves of characters that stood alone in texts and names: they became U+FFFD
 */
public record Replaced(long notFinite, long halves) {
    public static final Replaced NONE = new Replaced(0, 0);

    public Replaced plus(Replaced other) {
        return new Replaced(notFinite + other.notFinite, halves + other.halves);
    }
}
