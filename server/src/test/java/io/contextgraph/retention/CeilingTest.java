// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;

class CeilingTest extends CeilingContract {
    @Override
    protected LedgerFixture fresh() {
        return new InMemoryFixture();
    }
}
