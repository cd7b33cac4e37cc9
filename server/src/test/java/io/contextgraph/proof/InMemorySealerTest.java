// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;

class InMemorySealerTest extends SealerContract {
    @Override
    protected PartitionFixture fresh() {
        return new InMemoryFixture();
    }
}
