// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.TrimmedContracts;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;

class TrimmedOnRedis7IT extends TrimmedContracts {
    @Override
    protected PartitionFixture untrimmed() {
        return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
    }
}
