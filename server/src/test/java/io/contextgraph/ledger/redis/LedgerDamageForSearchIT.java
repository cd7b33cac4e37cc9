// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import org.junit.jupiter.api.BeforeAll;

class LedgerDamageForSearchIT extends LedgerDamageContract {
    LedgerDamageForSearchIT() {
        super(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
    }

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                LedgerDamageForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }
}
