// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;
import io.contextgraph.testing.Extent;

class ImportPropertyTest extends ImportPropertyContract {
    @Override
    PartitionFixture fresh() {
        return new InMemoryFixture();
    }

    @Override
    int rounds() {
        return Extent.IMPORT_SEEDS.value();
    }
}
