// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.ledger.LedgerException;

/** How long to wait before an append is repeated; decided, and slept, by the caller. */
@FunctionalInterface
public interface Pause {
    /** How often something is tried before the import stops. */
    int MAX_TRIES = 6;

    /**
     * Blocks before the next try.
     *
     * @param attempt how often it has failed, from 1
     */
    void before(int attempt, LedgerException because);

    /**
     * Blocks before the next try, where there is one.
     *
     * @throws LedgerException {@code because}, where trying again cannot help, or has been tried often enough
     */
    default void orGiveUp(int attempt, LedgerException because) {
        if (!because.reason().retryable() || attempt == MAX_TRIES) {
            throw because;
        }
        before(attempt, because);
    }
}
