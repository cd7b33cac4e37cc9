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
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

class SearchEngineIT {
    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                SearchEngineIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @Nested
    class Log extends EventLogContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        }
    }

    @Nested
    class Sealed extends SealedEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        }
    }

    @Nested
    class Persons extends PersonalEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        }
    }

    @Nested
    class Erased extends ErasureRecordsContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        }
    }

    @Nested
    class Search extends EventSearchContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        }
    }

    @Nested
    class Feed extends EventFeedContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        }
    }

    @Nested
    class Directory extends SessionsContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        }
    }

    @Nested
    class Reads extends ConsistentReadsContract {
        @Override
        protected int largeSession() {
            return Extent.SEARCHED_EVENTS.value();
        }

        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        }
    }

    @Nested
    class Parked extends ParkingContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        }
    }

    @Nested
    class Lives extends EpochsContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        }
    }

    @Nested
    class LongWork extends OperationStoreContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        }
    }

    @Nested
    class Holds extends TiersContract {
        @Override
        protected PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        }
    }
}
