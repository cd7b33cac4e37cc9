// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import java.util.Optional;

/**
 * Which ledger it is.
 *
 * @param id given when the ledger began, and never another; empty where none was given
 * @param epoch rises when a ledger was restored or its Redis replaced; empty where it was never noted
 */
public record LedgerIdentity(Optional<String> id, Optional<String> epoch) {
    /** Of a ledger that does not say. */
    public static final LedgerIdentity UNKNOWN = new LedgerIdentity(Optional.empty(), Optional.empty());
}
