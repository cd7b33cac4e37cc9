// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.prune;

import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;

/** Pruning at the time that a fragment of Lua says. */
public final class ClockedPruning {
    private ClockedPruning() {}

    /** @param clock sets {@code now} */
    public static Pruning of(Redis redis, Keys keys, Engine engine, String clock) {
        return new RedisPruning(redis, redis, keys, engine, clock);
    }
}
