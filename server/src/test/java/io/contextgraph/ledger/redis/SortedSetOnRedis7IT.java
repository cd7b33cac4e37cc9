// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.ConsistentReadsContract;
import io.contextgraph.ledger.EpochsContract;
import io.contextgraph.ledger.EventFeedContract;
import io.contextgraph.ledger.EventLogContract;
import io.contextgraph.ledger.EventSearchContract;
import io.contextgraph.ledger.OperationStoreContract;
import io.contextgraph.ledger.ParkingContract;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.SessionsContract;
import io.contextgraph.ledger.TiersContract;
import io.contextgraph.ledger.personal.ErasureRecordsContract;
import io.contextgraph.ledger.personal.PersonalEventsContract;
import io.contextgraph.ledger.personal.SealedEventsContract;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import org.junit.jupiter.api.Nested;

class SortedSetOnRedis7IT {

    @Nested
    class Log extends EventLogContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
        }
    }

    @Nested
    class Sealed extends SealedEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
        }
    }

    @Nested
    class Persons extends PersonalEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
        }
    }

    @Nested
    class Erased extends ErasureRecordsContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
        }
    }

    @Nested
    class Search extends EventSearchContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
        }
    }

    @Nested
    class Feed extends EventFeedContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
        }
    }

    @Nested
    class Directory extends SessionsContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
        }
    }

    @Nested
    class Reads extends ConsistentReadsContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
        }
    }

    @Nested
    class Parked extends ParkingContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
        }
    }

    @Nested
    class Lives extends EpochsContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
        }
    }

    @Nested
    class LongWork extends OperationStoreContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
        }
    }

    @Nested
    class Holds extends TiersContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
        }
    }
}
