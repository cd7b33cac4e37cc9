// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.ledger.LedgerException;

/** How long to wait before an append is repeated; decided, and slept, by the caller. */
@FunctionalInterface
public interface Pause {
    /**
     * Blocks before the next try.
     *
     * @param attempt how often it has failed, from 1
     */
    void before(int attempt, LedgerException because);
}
