// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.event.Original;

/** Numbers of a ledger without a gap, both ends included. */
public record SeqRun(long first, long last) {
    /** @throws IllegalArgumentException when they are none */
    public SeqRun {
        if (first < 1 || last < first || last > Original.MAX_NUMBER) {
            throw new IllegalArgumentException("needs 1 <= first <= last <= 2^53: " + first + " to " + last);
        }
    }

    /** How many. */
    public long count() {
        return last - first + 1;
    }
}
