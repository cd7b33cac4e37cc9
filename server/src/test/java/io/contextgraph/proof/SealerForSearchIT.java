// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import org.junit.jupiter.api.BeforeAll;

class SealerForSearchIT extends SealerContract {
    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                SealerForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @Override
    protected PartitionFixture fresh() {
        return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
    }
}
