// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;

class SealerOnRedis7IT extends SealerContract {
    @Override
    protected PartitionFixture fresh() {
        return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
    }
}
