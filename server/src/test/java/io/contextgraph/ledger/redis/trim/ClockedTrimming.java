// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Noticed;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.search.EventReader;
import io.contextgraph.ledger.trim.Trimming;

/** Trimming at the time that a fragment of Lua says. */
public final class ClockedTrimming {
    private ClockedTrimming() {}

    /** @param clock sets {@code now} */
    public static Trimming of(Redis redis, Keys keys, Engine engine, String clock) {
        return new RedisTrimming(
                redis,
                redis,
                keys,
                engine,
                new EventReader(redis, keys, engine, new Noticed()),
                clock,
                TrimScript.GUARD);
    }
}
