// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.trim.IndexWindowContract;

class InMemoryIndexWindowTest extends IndexWindowContract {
    @Override
    protected LedgerFixture fresh() {
        return new InMemoryFixture();
    }
}
