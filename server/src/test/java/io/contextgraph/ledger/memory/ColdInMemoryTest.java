// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.ColdContracts;
import io.contextgraph.ledger.PartitionFixture;

class ColdInMemoryTest extends ColdContracts {
    @Override
    protected PartitionFixture whole() {
        return new InMemoryFixture();
    }
}
