// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

class ClusterMigrationIT extends ClusterMigrationContract {
    ClusterMigrationIT() {
        super(Engine.SORTED_SET, List.of());
    }

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.installed(8).isPresent(), ClusterMigrationIT.class, "no Redis 8 is installed");
    }
}
