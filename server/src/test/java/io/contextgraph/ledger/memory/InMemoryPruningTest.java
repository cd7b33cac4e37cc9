// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.prune.PruningContract;

class InMemoryPruningTest extends PruningContract {
    @Override
    protected PartitionFixture fresh() {
        return new InMemoryFixture();
    }
}
