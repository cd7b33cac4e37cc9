// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

/**
 * How much memory a store uses.
 *
 * @param maxBytes the most that it may; 0: no limit
 */
public record StoreMemory(long usedBytes, long maxBytes) {
    /** In percent, rounded down; 0 without a limit. */
    public int percent() {
        return maxBytes == 0 ? 0 : Math.toIntExact(Math.min(100_000, usedBytes * 100 / maxBytes));
    }
}
