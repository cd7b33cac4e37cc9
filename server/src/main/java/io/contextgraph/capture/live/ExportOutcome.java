// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

/**
 * What became of a request.
 *
 * @param refused how many of its records became no event, and never will
 * @param told why, and what else is to be told; empty where everything is in the ledger
 */
public record ExportOutcome(long refused, String told) {
    /** Everything is in the ledger. */
    public static final ExportOutcome WHOLE = new ExportOutcome(0, "");

    /** Whether there is nothing to be told. */
    public boolean isWhole() {
        return refused == 0 && told.isEmpty();
    }
}
