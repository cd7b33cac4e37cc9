// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;

class PrunedLedgerMendForSearchIT extends LedgerMendContract {
    PrunedLedgerMendForSearchIT() {
        super(RedisServers.withSearchForKeys().orElseThrow(), Engine.SEARCH, 7, Set.of(1L, 2L, 4L, 6L));
    }

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearchForKeys().isPresent(),
                PrunedLedgerMendForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }
}
