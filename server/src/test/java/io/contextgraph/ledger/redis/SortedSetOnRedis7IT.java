// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.PartitionContracts;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;

class SortedSetOnRedis7IT extends PartitionContracts {
    @Override
    protected PartitionFixture empty() {
        return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
    }
}
