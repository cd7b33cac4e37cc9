// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.PartitionContracts;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import org.junit.jupiter.api.BeforeAll;

class SortedSetOnRedis8IT extends PartitionContracts {
    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.eight().isPresent(), SortedSetOnRedis8IT.class, "no Redis 8 is installed");
    }

    @Override
    protected PartitionFixture empty() {
        return RedisFixture.fresh(RedisServers.eight().orElseThrow(), Engine.SORTED_SET);
    }
}
