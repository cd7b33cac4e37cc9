// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import io.contextgraph.ledger.ColdContracts;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;

class ColdOnRedis7IT extends ColdContracts {
    @Override
    protected PartitionFixture whole() {
        return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
    }
}
