// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.ledger.EventSearch;

/** A search that knows whether its index has every event. */
public interface IndexedSearch extends EventSearch {
    /** @throws io.contextgraph.ledger.LedgerException that says what the index lacks */
    void requireComplete();
}
