// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.TrimmedContracts;

class TrimmedInMemoryTest extends TrimmedContracts {
    @Override
    protected PartitionFixture untrimmed() {
        return new InMemoryFixture();
    }
}
