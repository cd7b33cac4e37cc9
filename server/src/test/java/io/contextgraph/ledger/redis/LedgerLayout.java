// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.IndexedField;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Replies;
import io.contextgraph.ledger.redis.feed.RedisFeed;
import io.contextgraph.ledger.redis.search.SearchIndex;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/** How a ledger lies in Redis: all that tests know of it besides what the ports tell. */
final class LedgerLayout {
    private static final int CHUNK = 1000;

    private final Redis redis;
    private final Keys keys;
    private final Engine engine;

    LedgerLayout(Redis redis, Keys keys, Engine engine) {
        this.redis = redis;
        this.keys = keys;
        this.engine = engine;
    }

    /** The entries of the global stream that follow {@code after}, at most {@code max}. */
    List<Position> global(Position after, int max) {
        return entries(keys.global(), after, max);
    }

    /** All entries of a session's stream. */
    List<Position> session(SessionId id) {
        List<Position> all = new ArrayList<>();
        List<Position> next = entries(keys.stream(id), Position.START, CHUNK);
        while (!next.isEmpty()) {
            all.addAll(next);
            next = entries(keys.stream(id), next.getLast(), CHUNK);
        }
        return all;
    }

    private List<Position> entries(String stream, Position after, int max) {
        return max == 0
                ? List.of()
                : redis.call(client -> client.xrange(stream, "(" + after, "+", max)).stream()
                        .map(StreamEntry::getID)
                        .map(RedisFeed::position)
                        .toList();
    }

    /** How many keys, or fields, of each kind there are that exist once per event or session, so that none is an orphan. */
    Map<String, Long> counts() {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("documents", names(keys.documents()));
        counts.put("payloads", names(keys.prefix() + "payload:"));
        counts.put("sealed payloads", names(keys.sealed()));
        counts.put("subjects", names(keys.subjects()));
        counts.put("streams", names(keys.prefix() + "events:") - names(keys.parked()));
        counts.put("session entries", names(keys.prefix() + "session:"));
        counts.put("originals", redis.call(client -> client.hlen(keys.originals())));
        return counts;
    }

    private long names(String begin) {
        ScanParams params = new ScanParams().match(Keys.glob(begin + "*")).count(CHUNK);
        return redis.call(client -> {
            // A scan may name a key twice.
            Set<String> found = new HashSet<>();
            ScanResult<String> part = client.scan(ScanParams.SCAN_POINTER_START, params);
            found.addAll(part.getResult());
            while (!part.isCompleteIteration()) {
                part = client.scan(part.getCursor(), params);
                found.addAll(part.getResult());
            }
            return (long) found.size();
        });
    }

    /** Events in the index as a whole. */
    long indexed() {
        if (engine == Engine.SORTED_SET) {
            return redis.call(client -> client.zcard(keys.all()));
        }
        return redis.pipelined(p -> {
            Response<Object> info = p.sendCommand(SearchCommand.INFO, keys.index());
            return () -> (long) SearchIndex.number(Replies.map(info.get()), "num_docs");
        });
    }

    /** Sealed payloads that the ledger counts. */
    long sealed() {
        return redis.call(client -> client.hmget(keys.ledger(), LedgerHeader.PERSONAL)).stream()
                .mapToLong(LedgerHeader::count)
                .sum();
    }

    /** Sealed payloads that are found by the pseudonym of a person. */
    long about(String subject) {
        if (engine == Engine.SORTED_SET) {
            return redis.call(client -> client.zcard(keys.subject(new SubjectPseudonym(subject))));
        }
        return redis.pipelined(p -> {
            Response<Object> found = p.sendCommand(
                    SearchCommand.SEARCH,
                    EventCodec.keys(List.of(
                            keys.sealedIndex(),
                            "@pseudonym:{$subject}",
                            "NOCONTENT",
                            "LIMIT",
                            "0",
                            "0",
                            "PARAMS",
                            "2",
                            "subject",
                            subject,
                            "DIALECT",
                            "2")));
            return () -> (long) SearchIndex.number(Replies.map(found.get()), "total_results");
        });
    }

    /** Events that the index has for each of some values of a field; empty where only the search module knows. */
    List<Long> indexed(IndexedField field, List<String> values) {
        if (engine != Engine.SORTED_SET) {
            return List.of();
        }
        return redis.pipelined(p -> {
            List<Response<Long>> sizes =
                    values.stream().map(value -> p.zcard(keys.by(field, value))).toList();
            return () -> sizes.stream().map(Response::get).toList();
        });
    }

    /** Removes a group that only an audit has used. */
    void forgetGroup(String group) {
        Object ignored =
                redis.<Object>pipelined(p -> p.sendCommand(Protocol.Command.XGROUP, "DESTROY", keys.global(), group));
        ignored = redis.call(client -> client.hdel(keys.behind(), group));
        ignored = redis.call(client -> client.unlink(keys.feed(group)));
    }
}
