// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import io.contextgraph.ledger.ColdContracts;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisCluster;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ColdOnClusterIT extends ColdContracts {
    @SuppressWarnings("NullAway.Init")
    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        Skips.unless(RedisServers.installed(8).isPresent(), ColdOnClusterIT.class, "no Redis 8 is installed");
        cluster = RedisCluster.start(Duration.ofSeconds(15), List.of());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    protected PartitionFixture whole() {
        return ClusterLedgers.fresh(cluster, Engine.SORTED_SET);
    }
}
