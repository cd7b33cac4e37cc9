// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.sizing;

/**
 * One figure of an estimate.
 *
 * @param name for programs
 * @param text for people
 * @param value in its unit, not rounded
 * @param how it comes about
 */
public record SizeLine(String name, String text, double value, Unit unit, String how) {
    /** What a figure counts. */
    public enum Unit {
        BYTES("bytes"),
        COUNT("count"),
        EVENTS_A_SECOND("events/s"),
        CORES("cores"),
        SECONDS("seconds");

        private final String text;

        Unit(String text) {
            this.text = text;
        }

        /** For people and for programs. */
        public String text() {
            return text;
        }
    }
}
