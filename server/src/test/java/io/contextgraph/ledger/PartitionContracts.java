// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.personal.PersonalEventsContract;
import io.contextgraph.ledger.personal.SealedEventsContract;
import io.contextgraph.testing.Extent;
import org.junit.jupiter.api.Nested;

/** A ledger in one piece keeps those of a partition too. */
public abstract class PartitionContracts extends LedgerContracts {
    @Override
    protected abstract PartitionFixture empty();

    /** Events in the session that is walked whole. */
    protected int largeSession() {
        return Extent.SESSION_EVENTS.value();
    }

    @Nested
    class Sealed extends SealedEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return empty();
        }
    }

    @Nested
    class PersonalPages extends PersonalEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return empty();
        }
    }

    @Nested
    class Feed extends EventFeedContract {
        @Override
        protected PartitionFixture fresh() {
            return empty();
        }
    }

    @Nested
    class Reads extends ConsistentReadsContract {
        @Override
        protected PartitionFixture fresh() {
            return empty();
        }

        @Override
        protected int largeSession() {
            return PartitionContracts.this.largeSession();
        }
    }

    @Nested
    class Parked extends ParkingContract {
        @Override
        protected PartitionFixture fresh() {
            return empty();
        }
    }

    @Nested
    class Lives extends EpochsContract {
        @Override
        protected PartitionFixture fresh() {
            return empty();
        }
    }

    @Nested
    class Holds extends TiersContract {
        @Override
        protected PartitionFixture fresh() {
            return empty();
        }
    }
}
