// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

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
import io.contextgraph.ledger.prune.PruningContract;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.trim.IndexWindowContract;
import io.contextgraph.testing.RedisCluster;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

class SortedSetOnClusterIT {
    /** Nobody is taken for dead because the machine is busy. */
    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(15);

    @SuppressWarnings("NullAway.Init")
    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        Skips.unless(RedisServers.installed(8).isPresent(), SortedSetOnClusterIT.class, "no Redis 8 is installed");
        cluster = RedisCluster.start(NODE_TIMEOUT, List.of());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Nested
    class Log extends EventLogContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }

    @Nested
    class Sealed extends SealedEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }

    @Nested
    class Persons extends PersonalEventsContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }

    @Nested
    class Erased extends ErasureRecordsContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }

    @Nested
    class Search extends EventSearchContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }

    @Nested
    class Feed extends EventFeedContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }

    @Nested
    class Directory extends SessionsContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }

    @Nested
    class Reads extends ConsistentReadsContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }

    @Nested
    class Parked extends ParkingContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }

    @Nested
    class Lives extends EpochsContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }

    @Nested
    class LongWork extends OperationStoreContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }

    @Nested
    class Holds extends TiersContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }

    @Nested
    class Prunes extends PruningContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }

    @Nested
    class Window extends IndexWindowContract {
        @Override
        protected PartitionFixture fresh() {
            return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
        }
    }
}
