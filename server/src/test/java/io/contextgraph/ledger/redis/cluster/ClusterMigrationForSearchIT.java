// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import org.junit.jupiter.api.BeforeAll;

class ClusterMigrationForSearchIT extends ClusterMigrationContract {
    ClusterMigrationForSearchIT() {
        super(Engine.SEARCH, RedisServers.searchArguments().orElseThrow());
    }

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                ClusterMigrationForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }
}
