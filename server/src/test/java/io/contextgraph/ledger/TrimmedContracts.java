// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.personal.PersonalEventsContract;
import io.contextgraph.ledger.personal.SealedEventsContract;
import org.junit.jupiter.api.Nested;

/** A ledger whose streams are trimmed keeps every contract. */
public abstract class TrimmedContracts {
    /** An empty ledger. */
    protected abstract PartitionFixture untrimmed();

    @Nested
    class Log extends EventLogContract {
        @Override
        protected PartitionFixture fresh() {
            return TrimmedFixture.of(untrimmed());
        }
    }

    @Nested
    class Sealed extends SealedEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return TrimmedFixture.of(untrimmed());
        }
    }

    @Nested
    class Persons extends PersonalEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return TrimmedFixture.of(untrimmed());
        }
    }

    @Nested
    class Search extends EventSearchContract {
        @Override
        protected PartitionFixture fresh() {
            return TrimmedFixture.of(untrimmed());
        }
    }

    @Nested
    class Feed extends EventFeedContract {
        @Override
        protected PartitionFixture fresh() {
            return TrimmedFixture.of(untrimmed());
        }
    }

    @Nested
    class Directory extends SessionsContract {
        @Override
        protected PartitionFixture fresh() {
            return TrimmedFixture.of(untrimmed());
        }
    }

    @Nested
    class Parked extends ParkingContract {
        @Override
        protected PartitionFixture fresh() {
            return TrimmedFixture.of(untrimmed());
        }
    }

    @Nested
    class Lives extends EpochsContract {
        @Override
        protected PartitionFixture fresh() {
            return TrimmedFixture.of(untrimmed());
        }
    }

    @Nested
    class LongWork extends OperationStoreContract {
        @Override
        protected PartitionFixture fresh() {
            return TrimmedFixture.of(untrimmed());
        }
    }

    @Nested
    class Reads extends ConsistentReadsContract {
        @Override
        protected PartitionFixture fresh() {
            return TrimmedFixture.of(untrimmed());
        }
    }
}
