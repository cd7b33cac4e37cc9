// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.ConsistentReadsContract;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EpochsContract;
import io.contextgraph.ledger.EventFeedContract;
import io.contextgraph.ledger.EventLogContract;
import io.contextgraph.ledger.EventSearchContract;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.OperationStoreContract;
import io.contextgraph.ledger.ParkingContract;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.SessionsContract;
import io.contextgraph.ledger.TiersContract;
import io.contextgraph.ledger.personal.ErasureRecordsContract;
import io.contextgraph.ledger.personal.PersonalEventsContract;
import io.contextgraph.ledger.personal.SealedEventsContract;
import io.contextgraph.testing.Events;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InMemoryLedgerTest {
    @Nested
    class Log extends EventLogContract {
        @Override
        protected PartitionFixture fresh() {
            return new InMemoryFixture();
        }
    }

    @Nested
    class Sealed extends SealedEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return new InMemoryFixture();
        }
    }

    @Nested
    class Persons extends PersonalEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return new InMemoryFixture();
        }
    }

    @Nested
    class Erased extends ErasureRecordsContract {
        @Override
        protected PartitionFixture fresh() {
            return new InMemoryFixture();
        }
    }

    @Nested
    class Search extends EventSearchContract {
        @Override
        protected PartitionFixture fresh() {
            return new InMemoryFixture();
        }
    }

    @Nested
    class Feed extends EventFeedContract {
        @Override
        protected PartitionFixture fresh() {
            return new InMemoryFixture();
        }
    }

    @Nested
    class Directory extends SessionsContract {
        @Override
        protected PartitionFixture fresh() {
            return new InMemoryFixture();
        }
    }

    @Nested
    class Lives extends EpochsContract {
        @Override
        protected PartitionFixture fresh() {
            return new InMemoryFixture();
        }
    }

    @Nested
    class Parked extends ParkingContract {
        @Override
        protected PartitionFixture fresh() {
            return new InMemoryFixture();
        }
    }

    @Nested
    class LongWork extends OperationStoreContract {
        @Override
        protected PartitionFixture fresh() {
            return new InMemoryFixture();
        }
    }

    @Nested
    class Holds extends TiersContract {
        @Override
        protected PartitionFixture fresh() {
            return new InMemoryFixture();
        }
    }

    @Nested
    class Reads extends ConsistentReadsContract {
        @Override
        protected PartitionFixture fresh() {
            return new InMemoryFixture();
        }

        @Override
        protected int largeSession() {
            return 5_000;
        }
    }

    @Test
    void promisesNoMoreThanMemory() {
        InMemoryLedger ledger = new InMemoryLedger(Clock.systemUTC());
        for (Durability level : List.of(Durability.FSYNC, Durability.REPLICATED)) {
            assertThatThrownBy(() -> ledger.append(List.of(Append.of(Events.event(1, "s"))), level))
                    .isInstanceOfSatisfying(
                            LedgerException.class,
                            e -> assertThat(e.reason()).isEqualTo(LedgerException.Reason.DURABILITY_UNSUPPORTED));
        }
        assertThat(ledger.head().seq()).isZero();
    }
}
