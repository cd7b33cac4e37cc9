// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.net.URI;
import org.junit.jupiter.api.BeforeAll;

class TrimmedStoresForSearchIT extends TrimmedStoresContract {
    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                TrimmedStoresForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @Override
    URI redis() {
        return RedisServers.withSearch().orElseThrow();
    }
}
