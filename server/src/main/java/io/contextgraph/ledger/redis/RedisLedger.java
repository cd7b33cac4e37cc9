// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Sessions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * The ledger in one Redis: hands out the ports and owns the connections behind them.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class RedisLedger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLedger.class);

    private final RedisSettings settings;
    private final Redis redis;
    private final Keys keys;
    private final Server server;
    private final EventReader reader;
    private final EventLog log;
    private final EventSearch search;
    private final Sessions sessions;

    private RedisLedger(RedisSettings settings, Redis redis, Keys keys, Server server) {
        this.settings = settings;
        this.redis = redis;
        this.keys = keys;
        this.server = server;
        this.reader = new EventReader(redis, keys, server.engine());
        this.log = new RedisEventLog(new Appender(redis, keys, settings, server), reader);
        this.search = switch (server.engine()) {
            case SORTED_SET -> new SortedSetSearch(redis, keys, reader, settings.queryTimeout());
            case SEARCH -> new IndexSearch(redis, keys, reader, new SearchIndex(redis, keys), settings.queryTimeout());
        };
        this.sessions = new RedisSessions(redis, keys);
    }

    /**
     * Connects, asks the server what it can do and chooses the engine.
     *
     * @throws LedgerException when the server does not answer or cannot serve this ledger; nothing stays open then
     */
    public static RedisLedger connect(RedisSettings settings) {
        Redis redis = new Redis(settings);
        try {
            Keys keys = new Keys(settings.prefix());
            Server server = Server.probe(redis, keys, settings.engine());
            LOG.info(
                    "Redis {} at {}, engine {}, append-only file {}, can confirm fsync: {}",
                    server.version(),
                    settings.address(),
                    server.engine().configName(),
                    server.appendOnly() ? "on" : "off",
                    server.canWaitForDisk());
            if (server.engine() == Engine.SEARCH) {
                new SearchIndex(redis, keys).prepare();
            }
            return new RedisLedger(settings, redis, keys, server);
        } catch (RuntimeException e) {
            redis.close();
            throw e;
        }
    }

    public EventLog log() {
        return log;
    }

    public EventSearch search() {
        return search;
    }

    public Sessions sessions() {
        return sessions;
    }

    /** The feed of a group; the group begins at the first event. */
    public EventFeed feed(String group) {
        return feed(group, settings.claimAfter());
    }

    /**
     * The feed of a group; the group begins at the first event.
     *
     * @param claimAfter how long a consumer may hold an entry before another takes it over
     */
    public EventFeed feed(String group, Duration claimAfter) {
        return new RedisFeed(redis, keys, claimAfter, reader, group);
    }

    /** How events are indexed. */
    public Engine engine() {
        return server.engine();
    }

    /** Asks the server how it is; never fails. */
    public LedgerCheck check() {
        try {
            Server now = Server.probe(redis, keys, Optional.of(server.engine()));
            return LedgerCheck.of(now, appendFsync());
        } catch (LedgerException e) {
            return LedgerCheck.unreachable(server.engine(), String.valueOf(e.getMessage()));
        }
    }

    private Optional<String> appendFsync() {
        return redis.call(client -> {
            try {
                Map<String, String> found = client.configGet("appendfsync");
                return Optional.ofNullable(found.get("appendfsync"));
            } catch (JedisDataException hidden) {
                return Optional.empty();
            }
        });
    }

    @Override
    public void close() {
        redis.close();
    }
}
