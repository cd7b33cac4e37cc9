// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

/**
 * Which ledger it is, so that nobody goes on in another one, or in one that has lost its end, without noticing.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public interface Epochs {
    /**
     * A ledger at one moment.
     *
     * @param identity which one it is
     * @param head where it ends
     */
    record Standing(LedgerIdentity identity, Head head) {}

    /**
     * Which ledger it is now, and where it ends.
     *
     * @throws LedgerException when the store does not answer
     */
    Standing now();

    /**
     * Begins a new epoch, unless another has begun since.
     *
     * @param ends the epoch that ends
     * @param begins greater than that
     * @param lastCommon the last event of what was there before that is still there
     * @return whether it has begun; not where {@code ends} is not the epoch of the ledger, or the ledger is empty
     * @throws LedgerException when the store does not answer or takes no writes
     */
    boolean begin(long ends, long begins, Head lastCommon);
}
