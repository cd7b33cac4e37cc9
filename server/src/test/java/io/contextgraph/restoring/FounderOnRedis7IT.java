// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import java.util.List;

class FounderOnRedis7IT extends FounderContract {
    @Override
    protected PartitionFixture fresh() {
        return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
    }

    @Override
    protected List<String> damages() {
        return ((RedisFixture) ledger).damages();
    }
}
