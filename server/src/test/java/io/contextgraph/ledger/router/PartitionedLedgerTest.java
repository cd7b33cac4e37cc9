// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.ledger.EventLogContract;
import io.contextgraph.ledger.EventSearchContract;
import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.OperationStoreContract;
import io.contextgraph.ledger.SessionsContract;
import io.contextgraph.ledger.memory.InMemoryFixture;
import org.junit.jupiter.api.Nested;

/** A ledger of three partitions is held to what every ledger must do. */
class PartitionedLedgerTest {
    private static LedgerFixture inMemory() {
        return PartitionedFixture.of(3, n -> new InMemoryFixture());
    }

    @Nested
    class Log extends EventLogContract {
        @Override
        protected LedgerFixture fresh() {
            return PartitionedLedgerTest.inMemory();
        }
    }

    @Nested
    class Search extends EventSearchContract {
        @Override
        protected LedgerFixture fresh() {
            return PartitionedLedgerTest.inMemory();
        }
    }

    @Nested
    class Directory extends SessionsContract {
        @Override
        protected LedgerFixture fresh() {
            return PartitionedLedgerTest.inMemory();
        }
    }

    @Nested
    class LongWork extends OperationStoreContract {
        @Override
        protected LedgerFixture fresh() {
            return PartitionedLedgerTest.inMemory();
        }
    }
}
