// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;

class LedgerDamageIT extends LedgerDamageContract {
    LedgerDamageIT() {
        super(RedisServers.seven(), Engine.SORTED_SET);
    }
}
