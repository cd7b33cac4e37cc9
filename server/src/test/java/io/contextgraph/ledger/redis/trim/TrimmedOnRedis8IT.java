// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.TrimmedContracts;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import org.junit.jupiter.api.BeforeAll;

class TrimmedOnRedis8IT extends TrimmedContracts {
    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.eight().isPresent(), TrimmedOnRedis8IT.class, "no Redis 8 is installed");
    }

    @Override
    protected PartitionFixture untrimmed() {
        return RedisFixture.fresh(RedisServers.eight().orElseThrow(), Engine.SORTED_SET);
    }
}
