// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.tiers;

import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.trim.RetentionNotes;
import java.util.Map;

/** One hash. */
final class RedisRetentionNotes implements RetentionNotes {
    private static final Script NOTE = new Script("note.lua");

    private final Redis redis;
    private final Keys keys;

    RedisRetentionNotes(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    @Override
    public Map<String, String> all() {
        return redis.call(client -> client.hgetAll(keys.retention()));
    }

    @Override
    public void put(String name, String text) {
        Object ignored = redis.write(NOTE, EventCodec.arguments(keys.retention()), EventCodec.arguments(name, text));
    }

    @Override
    public void remove(String name) {
        long ignored = redis.call(client -> client.hdel(keys.retention(), name));
    }
}
