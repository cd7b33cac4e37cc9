// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;

class RestorerTest extends RestorerContract {
    @Override
    protected PartitionFixture fresh() {
        return new InMemoryFixture();
    }
}
