// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.MemoryGuard;
import io.contextgraph.ledger.redis.client.Noticed;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.ServerFacts;
import io.contextgraph.ledger.redis.search.EventReader;
import io.contextgraph.ledger.redis.search.SessionMender;
import java.util.Map;
import java.util.Optional;

/** A log that records events at the time that a fragment of Lua says. */
public final class ClockedLog implements AutoCloseable {
    private final Appender appender;
    private final EventLog log;

    /** @param clock sets {@code now} */
    public ClockedLog(Redis redis, RedisSettings settings, Engine engine, EventSearch search, String clock) {
        Keys keys = new Keys(settings.prefix());
        Noticed noticed = new Noticed();
        appender = new Appender(
                redis,
                keys,
                settings,
                ServerFacts.probe(redis, keys, Optional.of(engine)),
                AppendScript.with(engine, Map.of("clock", clock)),
                new MemoryGuard(redis),
                noticed);
        log = new RedisEventLog(
                appender, new EventReader(redis, keys, engine, noticed), new SessionMender(redis, keys, search));
    }

    public EventLog log() {
        return log;
    }

    @Override
    public void close() {
        appender.close();
    }
}
