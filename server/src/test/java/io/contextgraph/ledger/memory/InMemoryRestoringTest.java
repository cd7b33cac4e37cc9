// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.prune.RestoringContract;
import java.util.Map;

class InMemoryRestoringTest extends RestoringContract {
    @Override
    protected PartitionFixture fresh() {
        return new InMemoryFixture();
    }

    /** It has nothing but what it answers. */
    @Override
    protected Map<String, Object> stored() {
        return Map.of("all", all(), "extent", ledger.pruning().extent());
    }
}
