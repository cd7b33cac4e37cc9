// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import java.util.List;

class EraserOnRedis7IT extends EraserContract {
    @Override
    LedgerFixture fresh() {
        return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
    }

    @Override
    List<ErasurePlace> files(LedgerFixture of) {
        return files((RedisFixture) of);
    }
}
