// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;

class InMemorySealerTest extends SealerContract {
    @Override
    protected LedgerFixture fresh() {
        return new InMemoryFixture();
    }
}
