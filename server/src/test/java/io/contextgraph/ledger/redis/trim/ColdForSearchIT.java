// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import io.contextgraph.ledger.ColdContracts;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import org.junit.jupiter.api.BeforeAll;

class ColdForSearchIT extends ColdContracts {
    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                ColdForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @Override
    protected PartitionFixture whole() {
        return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
    }
}
