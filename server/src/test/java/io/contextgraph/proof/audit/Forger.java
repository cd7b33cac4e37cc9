// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.search.IdPages;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.json.JsonProtocol.JsonCommand;
import redis.clients.jedis.params.XAddParams;

/** Somebody with a login of Redis who knows how a ledger lies in it, and writes behind the back of its servers. */
final class Forger implements AutoCloseable {
    private final Jedis redis;
    private final Keys keys;
    private final Engine engine;

    Forger(RedisFixture ledger) {
        this.redis = new Jedis(ledger.settings().url());
        this.keys = new Keys(ledger.settings().prefix());
        this.engine = ledger.ledger().engine();
    }

    /** An event that says something else, under the hash that it had. */
    static RecordedEvent altered(RecordedEvent event) {
        return with(event, event.seq(), said(event.event()));
    }

    /** The same, with the hash that goes with it. */
    static RecordedEvent forged(RecordedEvent event) {
        Event other = said(event.event());
        return new RecordedEvent(
                other, event.position(), event.seq(), event.sessionSeq(), event.recordedAt(), EventJson.hash(other));
    }

    private static Event said(Event event) {
        return Event.builder(event.id(), event.type(), event.occurredAt(), event.sessionId())
                .agentId(event.agentId())
                .traceId(event.traceId())
                .payloadRef("somewhere-else")
                .build();
    }

    private static RecordedEvent with(RecordedEvent event, long seq, Event content) {
        return new RecordedEvent(
                content, event.position(), seq, event.sessionSeq(), event.recordedAt(), event.contentHash());
    }

    /** An event under another number, at the place that it has. */
    static RecordedEvent renumbered(RecordedEvent event, long seq) {
        return with(event, seq, event.event());
    }

    /** An event in the place of another. */
    static RecordedEvent moved(RecordedEvent event, RecordedEvent to) {
        return new RecordedEvent(
                event.event(), to.position(), to.seq(), event.sessionSeq(), to.recordedAt(), event.contentHash());
    }

    void document(RecordedEvent event) {
        String key = keys.document(event.event().id());
        String text = EventCodec.document(event);
        Object ignored =
                engine == Engine.SEARCH ? redis.sendCommand(JsonCommand.SET, key, "$", text) : redis.set(key, text);
    }

    /** The entries of the global stream and of those of sessions, as if it had always been these. */
    void streams(List<RecordedEvent> events) {
        Map<String, List<RecordedEvent>> sessions = new HashMap<>();
        events.forEach(
                event -> sessions.computeIfAbsent(keys.stream(event.event().sessionId()), any -> new ArrayList<>())
                        .add(event));
        List<String> streams = new ArrayList<>(sessions.keySet());
        streams.add(keys.global());
        long ignored = redis.del(streams.toArray(String[]::new));
        events.forEach(event -> add(keys.global(), event, EventCodec.entry(event)));
        sessions.forEach((stream, own) -> own.forEach(event -> add(stream, event, EventCodec.entryOfSession(event))));
    }

    private void add(String stream, RecordedEvent event, Map<String, String> fields) {
        StreamEntryID ignored =
                redis.xadd(stream, XAddParams.xAddParams().id(event.position().toString()), fields);
    }

    /** Which event has a number. */
    void number(long seq, EventId id) {
        byte[] bytes = ByteBuffer.allocate(Keys.ID_BYTES)
                .putLong(id.value().getMostSignificantBits())
                .putLong(id.value().getLeastSignificantBits())
                .array();
        long at = (seq - IdPages.first(IdPages.page(seq))) * Keys.ID_BYTES;
        long ignored = redis.setrange(Keys.bytes(keys.ids(IdPages.page(seq))), at, bytes);
    }

    void head(RecordedEvent last) {
        long ignored = redis.hset(
                keys.ledger(),
                Map.of(
                        "seq",
                        Long.toString(last.seq()),
                        "position",
                        last.position().toString()));
    }

    void delete(EventId id) {
        long ignored = redis.del(keys.document(id));
    }

    /** Everything that tells of events, as if it had always been these. */
    void rewrite(List<RecordedEvent> events) {
        for (RecordedEvent event : events) {
            document(event);
            number(event.seq(), event.event().id());
        }
        streams(events);
        head(events.getLast());
    }

    /** A field of the hash of a session. */
    void session(RecordedEvent ofSession, String field, String value) {
        long ignored = redis.hset(keys.session(ofSession.event().sessionId()), field, value);
    }

    String session(RecordedEvent ofSession, String field) {
        return redis.hget(keys.session(ofSession.event().sessionId()), field);
    }

    Jedis redis() {
        return redis;
    }

    Keys keys() {
        return keys;
    }

    @Override
    public void close() {
        redis.close();
    }
}
