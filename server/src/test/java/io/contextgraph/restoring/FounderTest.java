// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;
import java.util.List;

class FounderTest extends FounderContract {
    @Override
    protected PartitionFixture fresh() {
        return new InMemoryFixture();
    }

    @Override
    protected List<String> damages() {
        return List.of();
    }
}
