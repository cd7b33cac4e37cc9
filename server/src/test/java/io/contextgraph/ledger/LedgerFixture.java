// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

/** A ledger as a contract kit sees it. */
public interface LedgerFixture extends Ledger, AutoCloseable {
    /** Another instance on the same storage, as another process would have it. */
    LedgerFixture another();

    @Override
    void close();
}
