// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Page;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.SessionEntry;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.IntStream;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.ZRangeParams;

/** The directory of sessions: a sorted set by first event, a hash for each session. */
public final class RedisSessions implements Sessions {

    private final Redis redis;
    private final Keys keys;
    private final SessionMender mender;

    public RedisSessions(Redis redis, Keys keys, SessionMender mender) {
        this.redis = redis;
        this.keys = keys;
        this.mender = mender;
    }

    @Override
    public Optional<SessionSummary> find(SessionId id) {
        return redis.pipelined(p -> {
                    Response<Map<String, String>> fields = p.hgetAll(keys.session(id));
                    Response<Double> listed = p.zscore(keys.sessions(), id.value());
                    return () -> fields.get().isEmpty() && listed.get() == null
                            ? Optional.<Map<String, String>>empty()
                            : Optional.of(fields.get());
                })
                .map(fields -> summary(id, fields));
    }

    /** Some names of the directory, in the order of first events, whether or not the sessions have their entries. */
    public List<SessionId> names(long from, int max) {
        return redis.call(client -> client.zrange(keys.sessions(), from, from + max - 1)).stream()
                .map(SessionId::new)
                .toList();
    }

    @Override
    public Page<SessionSummary> list(int limit, Optional<Cursor> cursor) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidInputException("/limit", "out_of_range", "must be from 1 to " + MAX_LIMIT + ": " + limit);
        }
        String before = cursor.map(c -> "(" + Sessions.firstSeq(c)).orElse("+inf");
        ZRangeParams range = new ZRangeParams(Protocol.Keyword.BYSCORE, Keys.bytes(before), Keys.bytes("-inf"))
                .rev()
                .limit(0, limit + 1);
        List<SessionId> found = redis.call(client -> client.zrange(keys.sessions(), range)).stream()
                .map(SessionId::new)
                .toList();
        List<SessionSummary> page = summaries(found.subList(0, Math.min(limit, found.size())));
        Optional<Cursor> next = found.size() > limit ? Optional.of(Sessions.after(page.getLast())) : Optional.empty();
        return new Page<>(page, next);
    }

    private List<SessionSummary> summaries(List<SessionId> ids) {
        List<Map<String, String>> hashes = redis.pipelined(p -> {
            List<Response<Map<String, String>>> queued =
                    ids.stream().map(id -> p.hgetAll(keys.session(id))).toList();
            return () -> queued.stream().map(Response::get).toList();
        });
        return IntStream.range(0, ids.size())
                .mapToObj(i -> summary(ids.get(i), hashes.get(i)))
                .toList();
    }

    /** One entry; made again where the directory names a session that has none. */
    private SessionSummary summary(SessionId id, Map<String, String> stored) {
        Map<String, String> fields = stored;
        if (fields.isEmpty()) {
            mender.mend(id);
            fields = redis.call(client -> client.hgetAll(keys.session(id)));
        }
        try {
            return SessionEntry.read(id, fields);
        } catch (IllegalArgumentException | NoSuchElementException damaged) {
            throw RedisErrors.corrupt(keys.session(id) + " is damaged", damaged);
        }
    }
}
