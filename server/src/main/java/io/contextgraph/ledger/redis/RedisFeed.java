// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Head;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.resps.StreamGroupInfo;
import redis.clients.jedis.resps.StreamPendingSummary;

/** The global stream as one consumer group sees it. */
final class RedisFeed implements EventFeed {
    private final Redis redis;
    private final Keys keys;
    private final Duration claimAfter;
    private final EventReader reader;
    private final String group;

    RedisFeed(Redis redis, Keys keys, Duration claimAfter, EventReader reader, String group) {
        this.redis = redis;
        this.keys = keys;
        this.claimAfter = claimAfter;
        this.reader = reader;
        this.group = group;
    }

    @Override
    public Consumer open(String consumerName) {
        return new RedisConsumer(redis, keys, claimAfter, reader, group, consumerName);
    }

    @Override
    public Progress progress() {
        Optional<StreamGroupInfo> info = groupInfo();
        StreamPendingSummary pending = info.filter(g -> g.getPending() > 0)
                .map(g -> redis.call(client -> client.xpending(keys.global(), group)))
                .orElse(null);
        Head seen;
        if (pending != null && pending.getTotal() > 0) {
            seen = before(pending.getMinId());
        } else {
            seen = info.map(StreamGroupInfo::getLastDeliveredId).map(this::upTo).orElse(Head.EMPTY);
        }
        long count = pending == null ? 0 : pending.getTotal();
        return new Progress(seen.position(), seen.seq(), count, reader.head());
    }

    private Optional<StreamGroupInfo> groupInfo() {
        return redis.call(client -> {
            try {
                return client.xinfoGroups(keys.global()).stream()
                        .filter(g -> g.getName().equals(group))
                        .findFirst();
            } catch (JedisDataException noSuchKey) {
                if (client.exists(keys.global())) {
                    throw noSuchKey;
                }
                return Optional.empty();
            }
        });
    }

    /** The event that stands before an entry, whether that entry is still in the stream or not. */
    private Head before(StreamEntryID id) {
        return around("(" + id, id.toString());
    }

    /** The last event not after {@code id}. */
    private Head upTo(StreamEntryID id) {
        return id.equals(new StreamEntryID(0, 0)) ? Head.EMPTY : around(id.toString(), "(" + id);
    }

    /**
     * The last event before a cut through the stream. Where everything before the cut has been trimmed, the first
     * entry behind it tells: numbers have no gaps.
     */
    private Head around(String lastBefore, String firstBehind) {
        return redis.<Optional<Head>>pipelined(p -> {
                    Response<List<StreamEntry>> before = p.xrevrange(keys.global(), lastBefore, "-", 1);
                    Response<List<StreamEntry>> behind = p.xrange(keys.global(), firstBehind, "+", 1);
                    Response<List<String>> head = reader.queueHead(p);
                    return () -> {
                        if (!before.get().isEmpty()) {
                            StreamEntry entry = before.get().getFirst();
                            return Optional.of(new Head(seq(entry), position(entry.getID())));
                        }
                        Head end = EventReader.head(head.get());
                        if (behind.get().isEmpty()) {
                            return Optional.of(end);
                        }
                        long seq = seq(behind.get().getFirst()) - 1;
                        return seq == 0
                                ? Optional.of(Head.EMPTY)
                                : reader.read(seq - 1, 1).stream().findFirst().map(e -> new Head(seq, e.position()));
                    };
                })
                .orElse(Head.EMPTY);
    }

    private static long seq(StreamEntry entry) {
        try {
            return Long.parseLong(String.valueOf(fields(entry).get("seq")));
        } catch (NumberFormatException damaged) {
            throw RedisErrors.corrupt("entry " + entry.getID() + " of the global stream has no seq");
        }
    }

    static Map<String, String> fields(StreamEntry entry) {
        @Nullable Map<String, String> fields = entry.getFields();
        return fields == null ? Map.of() : fields;
    }

    static Position position(StreamEntryID id) {
        return new Position(id.getTime(), id.getSequence());
    }

    /** The event at a position that the stream no longer holds, from its document. */
    static Optional<RecordedEvent> fromDocument(Redis redis, Keys keys, EventReader reader, Position position) {
        List<StreamEntry> before = redis.call(client -> client.xrevrange(keys.global(), "(" + position, "-", 1));
        long afterSeq = before.isEmpty() ? 0 : seq(before.getFirst());
        while (true) {
            List<RecordedEvent> next = reader.read(afterSeq, EventReader.CHUNK);
            for (RecordedEvent event : next) {
                int order = event.position().compareTo(position);
                if (order >= 0) {
                    return order == 0 ? Optional.of(event) : Optional.empty();
                }
            }
            if (next.isEmpty()) {
                return Optional.empty();
            }
            afterSeq = next.getLast().seq();
        }
    }
}
