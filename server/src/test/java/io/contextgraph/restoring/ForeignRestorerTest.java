// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;

class ForeignRestorerTest extends ForeignRestorerContract {
    @Override
    protected PartitionFixture fresh() {
        return new InMemoryFixture();
    }
}
