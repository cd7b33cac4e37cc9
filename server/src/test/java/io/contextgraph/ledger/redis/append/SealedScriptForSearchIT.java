// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.net.URI;
import org.junit.jupiter.api.BeforeAll;

class SealedScriptForSearchIT extends SealedScriptContract {
    SealedScriptForSearchIT() {
        super(Engine.SEARCH);
    }

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                SealedScriptForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @Override
    URI url() {
        return RedisServers.withSearch().orElseThrow();
    }
}
