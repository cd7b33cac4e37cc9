// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import java.util.Set;

class PrunedLedgerMendIT extends LedgerMendContract {
    PrunedLedgerMendIT() {
        super(RedisServers.seven(), Engine.SORTED_SET, 7, Set.of(1L, 2L, 4L, 6L));
    }
}
