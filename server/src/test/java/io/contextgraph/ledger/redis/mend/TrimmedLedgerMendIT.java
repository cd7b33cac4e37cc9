// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;

class TrimmedLedgerMendIT extends LedgerMendContract {
    TrimmedLedgerMendIT() {
        super(RedisServers.seven(), Engine.SORTED_SET, 7);
    }
}
