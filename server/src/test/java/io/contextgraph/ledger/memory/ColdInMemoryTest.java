// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.ColdContracts;
import io.contextgraph.ledger.LedgerFixture;

class ColdInMemoryTest extends ColdContracts {
    @Override
    protected LedgerFixture whole() {
        return new InMemoryFixture();
    }
}
