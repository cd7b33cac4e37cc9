// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.MemoryGuard;
import io.contextgraph.ledger.redis.client.Noticed;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.client.ServerFacts;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;

/** An empty ledger to which appenders with a script of the test's own write. */
final class ScriptedLedger implements AutoCloseable {
    private final RedisSettings settings;
    private final RedisLedger ledger;
    private final Redis redis;
    private final Deque<Appender> open = new ArrayDeque<>();

    ScriptedLedger(URI url, Engine engine) {
        settings = RedisSettings.defaults(url).withEngine(engine).withPrefix("scripted-" + UUID.randomUUID() + ":");
        ledger = RedisLedger.connect(settings);
        redis = new Redis(settings);
    }

    RedisSettings settings() {
        return settings;
    }

    Keys keys() {
        return new Keys(settings.prefix());
    }

    RedisLedger ledger() {
        return ledger;
    }

    /** A server of its own: it knows nothing of what others append. */
    Appender appender(Script script) {
        ServerFacts server = ServerFacts.probe(redis, keys(), Optional.of(ledger.engine()));
        Appender appender =
                new Appender(redis, keys(), settings, server, script, new MemoryGuard(redis), new Noticed());
        open.push(appender);
        return appender;
    }

    @Override
    public void close() {
        open.forEach(Appender::close);
        redis.close();
        ledger.close();
    }
}
