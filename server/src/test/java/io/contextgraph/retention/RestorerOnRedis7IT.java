// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;

class RestorerOnRedis7IT extends RestorerContract {
    @Override
    protected PartitionFixture fresh() {
        return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
    }
}
