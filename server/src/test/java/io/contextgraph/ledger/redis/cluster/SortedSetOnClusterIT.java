// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import io.contextgraph.ledger.PartitionContracts;
import io.contextgraph.ledger.PartitionFixture;
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

class SortedSetOnClusterIT extends PartitionContracts {
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

    @Override
    protected PartitionFixture empty() {
        return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
    }

    @Nested
    class Prunes extends PruningContract {
        @Override
        protected PartitionFixture fresh() {
            return empty();
        }
    }

    @Nested
    class Window extends IndexWindowContract {
        @Override
        protected PartitionFixture fresh() {
            return empty();
        }
    }
}
