// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.personal.PersonalEventsContract;
import io.contextgraph.ledger.personal.SealedEventsContract;
import org.junit.jupiter.api.Nested;

/** A ledger whose index does not have every event keeps every contract that goes by id, by session or by number. */
public abstract class ColdContracts {
    /** An empty ledger. */
    protected abstract PartitionFixture whole();

    @Nested
    class Log extends EventLogContract {
        @Override
        protected PartitionFixture fresh() {
            return ColdFixture.of(whole());
        }
    }

    @Nested
    class Sealed extends SealedEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return ColdFixture.of(whole());
        }
    }

    @Nested
    class Persons extends PersonalEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return ColdFixture.of(whole());
        }
    }

    /** What it must say of itself is part of the contract. */
    @Nested
    class Search extends EventSearchContract {
        @Override
        protected PartitionFixture fresh() {
            return ColdFixture.of(whole());
        }
    }

    @Nested
    class Feed extends EventFeedContract {
        @Override
        protected PartitionFixture fresh() {
            return ColdFixture.of(whole());
        }
    }

    @Nested
    class Directory extends SessionsContract {
        @Override
        protected PartitionFixture fresh() {
            return ColdFixture.of(whole());
        }
    }

    @Nested
    class Lives extends EpochsContract {
        @Override
        protected PartitionFixture fresh() {
            return ColdFixture.of(whole());
        }
    }
}
