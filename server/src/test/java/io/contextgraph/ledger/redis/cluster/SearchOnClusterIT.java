// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import io.contextgraph.ledger.PartitionContracts;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.prune.PruningContract;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.trim.IndexWindowContract;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.RedisCluster;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

class SearchOnClusterIT extends PartitionContracts {
    /** Nobody is taken for dead because the machine is busy. */
    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(15);

    @SuppressWarnings("NullAway.Init")
    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                SearchOnClusterIT.class,
                "no Redis 8 with JSON and Search is installed");
        cluster =
                RedisCluster.start(NODE_TIMEOUT, RedisServers.searchArguments().orElseThrow());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    protected PartitionFixture empty() {
        return ClusterLedgers.fresh(cluster, Engine.SEARCH);
    }

    @Override
    protected int largeSession() {
        return Extent.SEARCHED_EVENTS.value();
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
