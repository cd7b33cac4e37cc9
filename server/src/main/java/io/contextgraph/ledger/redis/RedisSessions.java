// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Page;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.ZRangeParams;

/** The directory of sessions: a sorted set by first event, a hash for each session. */
final class RedisSessions implements Sessions {
    private static final String CURSOR = "sessions";
    private static final String AGENT = "agent:";

    private final Redis redis;
    private final Keys keys;

    RedisSessions(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    @Override
    public Optional<SessionSummary> find(SessionId id) {
        Map<String, String> fields = redis.call(client -> client.hgetAll(keys.session(id)));
        return fields.isEmpty() ? Optional.empty() : Optional.of(summary(id, fields));
    }

    @Override
    public Page<SessionSummary> list(int limit, Optional<Cursor> cursor) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidInputException("/limit", "out_of_range", "must be from 1 to " + MAX_LIMIT + ": " + limit);
        }
        String before = cursor.map(c -> "(" + firstSeq(c)).orElse("+inf");
        ZRangeParams range = new ZRangeParams(Protocol.Keyword.BYSCORE, Keys.bytes(before), Keys.bytes("-inf"))
                .rev()
                .limit(0, limit + 1);
        List<SessionId> found = redis.call(client -> client.zrange(keys.sessions(), range)).stream()
                .map(SessionId::new)
                .toList();
        List<SessionSummary> page = summaries(found.subList(0, Math.min(limit, found.size())));
        Optional<Cursor> next = found.size() > limit
                ? Optional.of(
                        Cursor.of(CURSOR, List.of(Long.toString(page.getLast().firstSeq()))))
                : Optional.empty();
        return new Page<>(page, next);
    }

    private List<SessionSummary> summaries(List<SessionId> ids) {
        return redis.pipelined(p -> {
            List<Response<Map<String, String>>> hashes =
                    ids.stream().map(id -> p.hgetAll(keys.session(id))).toList();
            return () -> {
                List<SessionSummary> found = new ArrayList<>();
                for (int i = 0; i < ids.size(); i++) {
                    found.add(summary(ids.get(i), hashes.get(i).get()));
                }
                return found;
            };
        });
    }

    private static long firstSeq(Cursor cursor) {
        try {
            return Long.parseLong(cursor.open(CURSOR, 1).getFirst());
        } catch (NumberFormatException damaged) {
            throw Cursor.invalid("is damaged");
        }
    }

    private static SessionSummary summary(SessionId id, Map<String, String> fields) {
        try {
            return new SessionSummary(
                    id,
                    Long.parseLong(required(fields, "first_seq")),
                    Instant.ofEpochMilli(Long.parseLong(required(fields, "first_at"))),
                    Instant.ofEpochMilli(Long.parseLong(required(fields, "last_at"))),
                    EventId.of(required(fields, "last_event")),
                    Long.parseLong(required(fields, "count")),
                    fields.keySet().stream()
                            .filter(name -> name.startsWith(AGENT))
                            .map(name -> name.substring(AGENT.length()))
                            .sorted()
                            .toList(),
                    Optional.of(required(fields, "status"))
                            .filter(status -> !status.isEmpty())
                            .map(status -> EventStatus.parse(status).orElseThrow()));
        } catch (IllegalArgumentException | NoSuchElementException damaged) {
            throw RedisErrors.corrupt("the summary of a session is damaged: " + damaged.getMessage());
        }
    }

    private static String required(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new NoSuchElementException("field " + name + " is missing");
        }
        return value;
    }
}
