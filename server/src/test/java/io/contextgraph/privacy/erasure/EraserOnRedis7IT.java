// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.personal.PersistedFiles;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.personal.RedisPersistedFiles;
import io.contextgraph.testing.RedisServers;

class EraserOnRedis7IT extends EraserContract {
    @Override
    PartitionFixture fresh() {
        return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
    }

    @Override
    PersistedFiles files(PartitionFixture of) {
        return new RedisPersistedFiles(((RedisFixture) of).settings());
    }
}
