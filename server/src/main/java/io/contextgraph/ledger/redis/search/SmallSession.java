// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.resps.StreamEntry;

/**
 * Reads a session whole from its stream, which costs less than to ask the index for it.
 *
 * <p><b>Units and bounds.</b> Sessions of at most {@value #MOST} events; two round trips.
 *
 * <p><b>Guarantees.</b> Every event of the session that was there when it was asked for, or nothing: where the stream
 * has been trimmed, is longer or damaged, or may not be read, where the session has no entry, and where a document is
 * missing or says something else than the stream. The index is asked then, and says what is wrong.
 */
final class SmallSession {
    /** Some three pages: more of them take longer to read than the index takes to find one page. */
    static final int MOST = 256;

    private final Redis redis;
    private final Keys keys;
    private final EventReader reader;

    SmallSession(Redis redis, Keys keys, EventReader reader) {
        this.redis = redis;
        this.keys = keys;
        this.reader = reader;
    }

    /** An entry of the stream: which event, and where it says that it stands. */
    private record Entry(StreamEntryID position, EventId id) {}

    /**
     * All events of a session in commit order; empty where the stream does not tell them.
     *
     * @param count how many it has had at least, as its entry says
     */
    Optional<List<RecordedEvent>> events(SessionId session, OptionalLong count) {
        return count.isPresent() && count.getAsLong() <= MOST
                ? entries(session, count.getAsLong())
                        .flatMap(entries -> reader.ifAllThere(
                                        entries.stream().map(Entry::id).toList())
                                .filter(events -> fit(events, entries, session)))
                : Optional.empty();
    }

    private Optional<List<Entry>> entries(SessionId session, long count) {
        return redis.pipelined(p -> {
            Response<List<StreamEntry>> stream = p.xrange(keys.stream(session), "-", "+", MOST + 1);
            return () -> {
                try {
                    return Optional.of(stream.get())
                            .filter(entries -> entries.size() >= count && entries.size() <= MOST)
                            .flatMap(SmallSession::whole);
                } catch (JedisDataException notOurs) {
                    return Optional.empty();
                }
            };
        });
    }

    /** What the entries say, where they are all from the first on. */
    private static Optional<List<Entry>> whole(List<StreamEntry> stream) {
        List<Entry> entries = new ArrayList<>(stream.size());
        for (StreamEntry entry : stream) {
            Map<String, String> fields = entry.getFields();
            String number = Integer.toString(entries.size() + 1);
            Optional<EventId> id =
                    Optional.ofNullable(fields.get(EventFields.EVENT_ID)).flatMap(EventId::parse);
            if (id.isEmpty() || !number.equals(fields.get(EventFields.SESSION_SEQ))) {
                return Optional.empty();
            }
            entries.add(new Entry(entry.getID(), id.get()));
        }
        return Optional.of(entries);
    }

    private static boolean fit(List<RecordedEvent> events, List<Entry> entries, SessionId session) {
        for (int i = 0; i < events.size(); i++) {
            RecordedEvent event = events.get(i);
            if (!event.event().sessionId().equals(session)
                    || event.sessionSeq() != i + 1
                    || !event.position()
                            .toString()
                            .equals(entries.get(i).position().toString())) {
                return false;
            }
        }
        return true;
    }
}
