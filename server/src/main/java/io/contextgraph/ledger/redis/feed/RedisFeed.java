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
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Replies;
import io.contextgraph.ledger.redis.search.EventReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.resps.StreamGroupInfo;
import redis.clients.jedis.resps.StreamPendingSummary;

/** The global stream as one consumer group sees it. */
public final class RedisFeed implements EventFeed {
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
        Cut cut = standing.cut();
        Surroundings around = cut.equals(Cut.BEGINNING) ? beginning() : around(cut);
        return new Progress(
                around.before().position(),
                around.before().seq(),
                standing.pending(),
                standing.parked(),
                around.behind(),
                around.head());
    }

    /**
     * A place in the ledger, before the first event that a group has not finished.
     *
     * @param id an entry
     * @param isBehind whether the place is behind that entry, and not before it
     */
    private record Cut(StreamEntryID id, boolean isBehind) implements Comparable<Cut> {
        static final Cut BEGINNING = new Cut(new StreamEntryID(0, 0), true);

        @Override
        public int compareTo(Cut other) {
            int byId = id.compareTo(other.id);
            return byId != 0 ? byId : Boolean.compare(isBehind, other.isBehind);
        }

        String lastBefore() {
            return isBehind ? id.toString() : "(" + id;
        }

        String firstBehind() {
            return isBehind ? "(" + id : id.toString();
        }

        /** The last position before it. */
        Position position() {
            Position at = RedisFeed.position(id);
            return isBehind ? at : at.before();
        }
    }

    /** What Redis knows of the group: how far it has come in the streams that it is given events in. */
    private record Standing(Cut cut, long pending, long parked) {}

    private Standing standing() {
        String own = keys.feed(group);
        return redis.pipelined(p -> {
            Response<List<StreamGroupInfo>> groups = p.xinfoGroups(keys.global());
            Response<StreamPendingSummary> pending = p.xpending(keys.global(), group);
            Response<List<StreamGroupInfo>> ownGroups = p.xinfoGroups(own);
            Response<StreamPendingSummary> ownPending = p.xpending(own, group);
            Response<List<StreamEntry>> ownLast = p.xrevrange(own, "+", "-", 1);
            Response<String> lacks = p.hget(keys.behind(), group);
            Response<String> parked = p.hget(keys.parkedByGroup(), group);
            return () -> {
                long count = parked.get() == null ? 0 : Long.parseLong(parked.get());
                Optional<StreamGroupInfo> info = named(groups);
                if (info.isEmpty()) {
                    return new Standing(Cut.BEGINNING, 0, count);
                }
                List<Cut> cuts = new ArrayList<>();
                if (lacks.get() == null) {
                    // Until it has caught up that stands still.
                    cuts.add(new Cut(info.get().getLastDeliveredId(), true));
                }
                first(pending).ifPresent(cuts::add);
                first(ownPending).ifPresent(cuts::add);
                Optional<StreamEntryID> given = named(ownGroups).map(StreamGroupInfo::getLastDeliveredId);
                Optional<StreamEntryID> filled =
                        ownLast.get().stream().map(StreamEntry::getID).findFirst();
                given.filter(last -> filled.filter(f -> f.compareTo(last) > 0).isPresent())
                        .ifPresent(last -> cuts.add(new Cut(last, true)));
                if (lacks.get() != null) {
                    StreamEntryID from = new StreamEntryID(lacks.get());
                    cuts.add(new Cut(filled.filter(f -> f.compareTo(from) > 0).orElse(from), true));
                }
                return new Standing(Collections.min(cuts), total(pending) + total(ownPending), count);
            };
        });
    }

    private Optional<StreamGroupInfo> named(Response<List<StreamGroupInfo>> groups) {
        return Replies.answered(groups).orElse(List.of()).stream()
                .filter(g -> g.getName().equals(group))
                .findFirst();
    }

    private static long total(Response<StreamPendingSummary> pending) {
        return Replies.answered(pending).map(StreamPendingSummary::getTotal).orElse(0L);
    }

    /** The first pending entry is the first that the group has not finished. */
    private static Optional<Cut> first(Response<StreamPendingSummary> pending) {
        return Replies.answered(pending).filter(s -> s.getTotal() > 0).map(s -> new Cut(s.getMinId(), false));
    }

    /**
     * What is around a cut through the ledger.
     *
     * @param before the last event before it
     * @param behind when the first one behind it was recorded
     */
    private record Surroundings(Head before, Optional<Instant> behind, Head head) {}

    private Surroundings beginning() {
        Head head = reader.head();
        return new Surroundings(Head.EMPTY, recordedAfter(Head.EMPTY), head);
    }

    /** When the event that follows one was recorded, from its document. */
    private Optional<Instant> recordedAfter(Head event) {
        return reader.read(event.seq(), 1).stream()
                .map(RecordedEvent::recordedAt)
                .findFirst();
    }

    /** Looks at both sides of a cut through the stream, and where entries were trimmed, at the documents. */
    private Surroundings around(Cut cut) {
        Supplier<Surroundings> around = redis.pipelined(p -> {
            Response<List<StreamEntry>> before = p.xrevrange(keys.global(), cut.lastBefore(), "-", 1);
            Response<List<StreamEntry>> behind = p.xrange(keys.global(), cut.firstBehind(), "+", 1);
            Response<List<String>> head = reader.queueHead(p);
            Response<List<String>> trimmed = p.hmget(keys.ledger(), LedgerHeader.TRIMMED);
            return () -> {
                Head end = EventReader.head(head.get());
                Head gone = LedgerHeader.trimmed(trimmed.get().getFirst());
                Optional<StreamEntry> last = before.get().stream().findFirst();
                Optional<StreamEntry> first = behind.get().stream().findFirst();
                return () -> around(cut.position(), last, first, gone, end);
            };
        });
        return around.get();
    }

    private Surroundings around(
            Position position, Optional<StreamEntry> last, Optional<StreamEntry> first, Head trimmed, Head end) {
        if (position.compareTo(trimmed.position()) < 0) {
            Head before = head(lastUpTo(reader, position));
            return new Surroundings(before, recordedAfter(before), end);
        }
        Optional<Instant> next = first.map(entry -> recordedAt(entry.getID()));
        if (last.isPresent()) {
            return new Surroundings(at(last.get()), next, end);
        }
        if (!trimmed.equals(Head.EMPTY)) {
            return new Surroundings(trimmed, next, end);
        }
        return new Surroundings(first.map(this::before).orElse(end), next, end);
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
        return seq.getAsLong() <= 1
                ? Head.EMPTY
                : head(reader.read(seq.getAsLong() - 2, 1).stream().findFirst());
    }

    private static Head head(Optional<RecordedEvent> event) {
        return event.map(e -> new Head(e.seq(), e.position())).orElse(Head.EMPTY);
    }

    private static OptionalLong seq(StreamEntry entry) {
        return seq(fields(entry));
    }

    /** The number that an entry names; empty where it names none. */
    static OptionalLong seq(Map<String, String> fields) {
        try {
            return OptionalLong.of(Long.parseLong(String.valueOf(fields.get("seq"))));
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

    /** Whether numbers are gone between the events before a position and behind it. */
    static boolean isGap(EventReader reader, Position position) {
        long before = lastUpTo(reader, position).map(RecordedEvent::seq).orElse(0L);
        return reader.read(before, 1).stream().anyMatch(next -> next.seq() > before + 1);
    }

    /** The last event up to a position, from its document. */
    private static Optional<RecordedEvent> lastUpTo(EventReader reader, Position position) {
        return PositionSearch.lastUpTo(position, reader.head().seq(), seq -> reader.read(seq, 1));
    }
}
