// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.TrimmedContracts;

class TrimmedInMemoryTest extends TrimmedContracts {
    @Override
    protected LedgerFixture untrimmed() {
        return new InMemoryFixture();
    }
}
