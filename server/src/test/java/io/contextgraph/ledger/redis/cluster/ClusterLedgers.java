// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.RedisCluster;
import io.contextgraph.testing.RunningRedis;
import java.util.List;
import java.util.UUID;
import redis.clients.jedis.HostAndPort;

/** Ledgers in a cluster. */
final class ClusterLedgers {
    private ClusterLedgers() {}

    /** An empty ledger, on whichever node. */
    static RedisFixture fresh(RedisCluster cluster, Engine engine) {
        return RedisFixture.connect(settings(cluster, "{test-" + UUID.randomUUID() + "}:", engine));
    }

    /** A ledger with a prefix, found through any of two nodes. */
    static RedisSettings settings(RedisCluster cluster, String prefix, Engine engine) {
        List<HostAndPort> seeds = cluster.nodes().stream()
                .skip(1)
                .limit(1)
                .map(ClusterLedgers::address)
                .toList();
        return RedisSettings.defaults(cluster.url())
                .withEngine(engine)
                .withPrefix(prefix)
                .withCluster(new ClusterSettings(true, seeds));
    }

    private static HostAndPort address(RunningRedis node) {
        return new HostAndPort("127.0.0.1", node.port());
    }
}
