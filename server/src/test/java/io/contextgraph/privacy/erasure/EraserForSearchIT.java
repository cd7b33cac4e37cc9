// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

class EraserForSearchIT extends EraserContract {
    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                EraserForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @Override
    LedgerFixture fresh() {
        return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
    }

    @Override
    List<ErasurePlace> files(LedgerFixture of) {
        return files((RedisFixture) of);
    }
}
