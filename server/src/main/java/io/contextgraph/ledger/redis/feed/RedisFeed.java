// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.feed;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.PositionSearch;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.search.EventReader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.resps.StreamGroupInfo;
import redis.clients.jedis.resps.StreamPendingSummary;

/** The global stream as one consumer group sees it. */
public final class RedisFeed implements EventFeed {
    private static final StreamEntryID NOTHING = new StreamEntryID(0, 0);

    private final Redis redis;
    private final Keys keys;
    private final FeedSettings settings;
    private final EventReader reader;
    private final String group;

    public RedisFeed(Redis redis, Keys keys, FeedSettings settings, EventReader reader, String group) {
        this.redis = redis;
        this.keys = keys;
        this.settings = settings;
        this.reader = reader;
        this.group = group;
    }

    @Override
    public Consumer open(String consumerName) {
        return new RedisConsumer(redis, keys, settings, reader, group, consumerName);
    }

    @Override
    public Progress progress() {
        Standing standing = standing();
        if (standing.pending() > 0) {
            // The first pending entry is the first that the group has not finished.
            Optional<StreamEntryID> first = standing.firstPending();
            String id = first.orElseThrow().toString();
            return progress(standing, around("(" + id, id), first.map(RedisFeed::recordedAt));
        }
        if (standing.delivered().equals(NOTHING)) {
            Surroundings cut = around("0-0", "-");
            return progress(standing, new Surroundings(Head.EMPTY, cut.behind(), cut.head()), Optional.empty());
        }
        String id = standing.delivered().toString();
        return progress(standing, around(id, "(" + id), Optional.empty());
    }

    private static Progress progress(Standing standing, Surroundings cut, Optional<Instant> firstPending) {
        return new Progress(
                cut.before().position(),
                cut.before().seq(),
                standing.pending(),
                standing.parked(),
                firstPending.or(cut::behind),
                cut.head());
    }

    /**
     * What Redis knows of the group.
     *
     * @param delivered the last entry that any consumer was given
     */
    private record Standing(StreamEntryID delivered, long pending, Optional<StreamEntryID> firstPending, long parked) {}

    private Standing standing() {
        return redis.pipelined(p -> {
            Response<List<StreamGroupInfo>> groups = p.xinfoGroups(keys.global());
            Response<StreamPendingSummary> pending = p.xpending(keys.global(), group);
            Response<String> parked = p.hget(keys.parkedByGroup(), group);
            return () -> {
                long count = parked.get() == null ? 0 : Long.parseLong(parked.get());
                Optional<StreamGroupInfo> info = answered(groups).orElse(List.of()).stream()
                        .filter(g -> g.getName().equals(group))
                        .findFirst();
                if (info.isEmpty()) {
                    return new Standing(NOTHING, 0, Optional.empty(), count);
                }
                Optional<StreamPendingSummary> summary = answered(pending).filter(s -> s.getTotal() > 0);
                return new Standing(
                        info.get().getLastDeliveredId(),
                        summary.map(StreamPendingSummary::getTotal).orElse(0L),
                        summary.map(StreamPendingSummary::getMinId),
                        count);
            };
        });
    }

    /** Empty where there is no such stream or group yet. */
    private static <T> Optional<T> answered(Response<T> response) {
        try {
            return Optional.of(response.get());
        } catch (JedisDataException refused) {
            String message = String.valueOf(refused.getMessage());
            if (message.contains("no such key") || message.startsWith("NOGROUP")) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    /**
     * A cut through the ledger.
     *
     * @param before the last event before it
     * @param behind when the first one behind it was recorded
     */
    private record Surroundings(Head before, Optional<Instant> behind, Head head) {}

    /**
     * Looks at both sides of a cut through the stream. Where everything before it has been trimmed, the first entry
     * behind it tells: numbers have no gaps.
     */
    private Surroundings around(String lastBefore, String firstBehind) {
        return redis.pipelined(p -> {
            Response<List<StreamEntry>> before = p.xrevrange(keys.global(), lastBefore, "-", 1);
            Response<List<StreamEntry>> behind = p.xrange(keys.global(), firstBehind, "+", 1);
            Response<List<String>> head = reader.queueHead(p);
            return () -> {
                Head end = EventReader.head(head.get());
                Optional<Instant> next = behind.get().stream()
                        .map(entry -> recordedAt(entry.getID()))
                        .findFirst();
                if (!before.get().isEmpty()) {
                    return new Surroundings(at(before.get().getFirst()), next, end);
                }
                if (behind.get().isEmpty()) {
                    return new Surroundings(end, next, end);
                }
                return new Surroundings(before(behind.get().getFirst()), next, end);
            };
        });
    }

    /** The event of an entry; the last one before it where somebody else has put an entry there that is no event. */
    private Head at(StreamEntry entry) {
        Position position = position(entry.getID());
        OptionalLong seq = seq(entry);
        return seq.isPresent() ? new Head(seq.getAsLong(), position) : head(lastUpTo(reader, position));
    }

    private Head before(StreamEntry entry) {
        OptionalLong seq = seq(entry);
        if (seq.isEmpty()) {
            return at(entry);
        }
        return seq.getAsLong() == 1
                ? Head.EMPTY
                : head(reader.read(seq.getAsLong() - 2, 1).stream().findFirst());
    }

    private static Head head(Optional<RecordedEvent> event) {
        return event.map(e -> new Head(e.seq(), e.position())).orElse(Head.EMPTY);
    }

    private static OptionalLong seq(StreamEntry entry) {
        try {
            return OptionalLong.of(Long.parseLong(String.valueOf(fields(entry).get("seq"))));
        } catch (NumberFormatException foreign) {
            return OptionalLong.empty();
        }
    }

    static Map<String, String> fields(StreamEntry entry) {
        @Nullable Map<String, String> fields = entry.getFields();
        return fields == null ? Map.of() : fields;
    }

    public static Position position(StreamEntryID id) {
        return new Position(id.getTime(), id.getSequence());
    }

    private static Instant recordedAt(StreamEntryID id) {
        return EventCodec.recordedAt(position(id));
    }

    /** The event at a position, from its document. */
    static Optional<RecordedEvent> eventAt(EventReader reader, Position position) {
        return lastUpTo(reader, position).filter(event -> event.position().equals(position));
    }

    /** The last event up to a position, from its document. */
    private static Optional<RecordedEvent> lastUpTo(EventReader reader, Position position) {
        return PositionSearch.lastUpTo(position, reader.head().seq(), seq -> reader.read(seq, 1));
    }
}
