// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import org.junit.jupiter.api.BeforeAll;

class TrimmedLedgerMendForSearchIT extends LedgerMendContract {
    TrimmedLedgerMendForSearchIT() {
        super(RedisServers.withSearchForKeys().orElseThrow(), Engine.SEARCH, 7);
    }

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearchForKeys().isPresent(),
                TrimmedLedgerMendForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }
}
