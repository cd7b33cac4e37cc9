// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;

class RunIdentityTest extends RunIdentityContract {
    @Override
    PartitionFixture fresh() {
        return new InMemoryFixture();
    }
}
