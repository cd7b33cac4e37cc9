// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.prune;

import io.contextgraph.event.EventType;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.prune.Founding;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.client.ServerFacts;
import io.contextgraph.ledger.redis.client.SessionEntry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Begins a ledger in Redis anew, as whoever appends may. */
final class RedisFounding implements Founding {
    private static final Script FOUND = new Script("prune/found.lua");

    private final Redis redis;
    private final Keys keys;
    private final Engine engine;

    /** @param redis may append */
    RedisFounding(Redis redis, Keys keys, Engine engine) {
        this.redis = redis;
        this.keys = keys;
        this.engine = engine;
    }

    @Override
    public boolean found(LedgerIdentity identity, Head last) {
        Object begun = redis.write(
                FOUND,
                EventCodec.arguments(
                        keys.ledger(),
                        keys.global(),
                        keys.sessions(),
                        keys.types(),
                        keys.ids((last.seq() - 1) / Keys.IDS_PER_PAGE)),
                EventCodec.arguments(
                        engine.configName(),
                        ServerFacts.FORMAT,
                        identity.id().orElseThrow(),
                        Integer.toString(identity.partition()),
                        Integer.toString(keys.share().partitions()),
                        Long.toString(identity.epoch()),
                        identity.cuts().stream().map(LedgerHeader::text).collect(Collectors.joining(" ")),
                        Long.toString(last.seq()),
                        last.position().toString()));
        return begun instanceof Long done && done == 1;
    }

    @Override
    public void sessions(Map<SessionSummary, String> sessions, Set<EventType> types) {
        redis.pipelined(p -> {
            sessions.forEach((session, tally) -> {
                Map<String, String> fields = new LinkedHashMap<>(SessionEntry.of(session.withoutAgents()));
                fields.put(SessionEntry.PRUNED, Long.toString(session.eventCount()));
                fields.put(SessionEntry.TALLY, tally);
                Object ignored = p.hset(keys.session(session.id()), fields);
                ignored = p.zadd(
                        keys.sessions(),
                        (double) session.firstSeq(),
                        session.id().value());
            });
            if (!types.isEmpty()) {
                Object ignored = p.sadd(
                        keys.types(), types.stream().map(EventType::value).toArray(String[]::new));
            }
            return () -> true;
        });
    }
}
