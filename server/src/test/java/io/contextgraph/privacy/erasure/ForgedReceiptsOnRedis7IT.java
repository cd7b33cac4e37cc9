// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;

class ForgedReceiptsOnRedis7IT extends ForgedReceiptsContract {
    @Override
    protected PartitionFixture fresh() {
        return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
    }
}
