// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;
import io.contextgraph.ledger.router.PartitionedFixture;

/** Between ledgers in memory. */
class RepartitionTest extends RepartitionContract {
    @Override
    LedgerFixture empty(int partitions) {
        return partitions == 1 ? new InMemoryFixture() : PartitionedFixture.of(partitions, n -> new InMemoryFixture());
    }
}
