// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.net.URI;
import org.junit.jupiter.api.BeforeAll;

class TrimmingOnRedis8IT extends SecondLockContract {
    TrimmingOnRedis8IT() {
        super(Engine.SORTED_SET);
    }

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.eight().isPresent(), TrimmingOnRedis8IT.class, "no Redis 8 is installed");
    }

    @Override
    URI url() {
        return RedisServers.eight().orElseThrow();
    }
}
