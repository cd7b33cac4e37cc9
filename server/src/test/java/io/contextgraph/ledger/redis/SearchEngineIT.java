// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.PartitionContracts;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import org.junit.jupiter.api.BeforeAll;

class SearchEngineIT extends PartitionContracts {
    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                SearchEngineIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @Override
    protected PartitionFixture empty() {
        return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
    }

    @Override
    protected int largeSession() {
        return Extent.SEARCHED_EVENTS.value();
    }
}
