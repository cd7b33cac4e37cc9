// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.ledger.LedgerContracts;
import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;

/** A ledger of three partitions is held to what every ledger must do. */
class PartitionedLedgerTest extends LedgerContracts {
    @Override
    protected LedgerFixture empty() {
        return PartitionedFixture.of(3, n -> new InMemoryFixture());
    }
}
