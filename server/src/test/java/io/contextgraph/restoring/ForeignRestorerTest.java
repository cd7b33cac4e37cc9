// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;

class ForeignRestorerTest extends ForeignRestorerContract {
    @Override
    protected LedgerFixture fresh() {
        return new InMemoryFixture();
    }
}
