// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.feed;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.DroppedEntry;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.search.EventReader;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.resps.StreamEntry;

/** Parked entries in a stream of their own; those given up in another. */
public final class RedisParking implements Parking {
    private static final Script PARK = new Script("park.lua");
    private static final Script RELEASE = new Script("release.lua");
    private static final Script DROP = new Script("drop.lua");

    /** What {@code park.lua} puts before the names of the fields of the entry itself. */
    private static final String OF_ENTRY = "entry.";

    private final Redis redis;
    private final Keys keys;
    private final EventReader reader;

    public RedisParking(Redis redis, Keys keys, EventReader reader) {
        this.redis = redis;
        this.keys = keys;
        this.reader = reader;
    }

    /** Parks what {@code group} was given in a stream; false where it waits for it no longer. */
    static boolean park(Redis redis, Keys keys, String stream, String group, Delivery delivery, Failure failure) {
        String eventId = delivery instanceof Delivery.Arrived arrived
                ? arrived.event().event().id().toString()
                : "";
        return done(redis.write(
                PARK,
                EventCodec.arguments(stream, keys.parked(), keys.parkedByGroup()),
                EventCodec.arguments(
                        group,
                        delivery.position().toString(),
                        eventId,
                        failure.reason(),
                        Times.format(failure.first()),
                        Long.toString(failure.attempts()))));
    }

    /** One that names a partition is of a ledger of several. */
    private static boolean isOfThis(ParkedId id) {
        return id.value().partition() == Position.WHOLE;
    }

    private static boolean done(Object reply) {
        return reply.equals(1L);
    }

    @Override
    public List<ParkedEntry> list(Optional<ParkedId> after, int max) {
        return page(keys.parked(), after, max).stream()
                .map(entry -> parked(id(entry), RedisFeed.fields(entry)))
                .toList();
    }

    @Override
    public Optional<ParkedEntry> find(ParkedId id) {
        if (!isOfThis(id)) {
            return Optional.empty();
        }
        return redis.call(client -> client.xrange(keys.parked(), id.toString(), id.toString(), 1)).stream()
                .map(entry -> parked(id, RedisFeed.fields(entry)))
                .findFirst();
    }

    @Override
    public boolean release(ParkedId id) {
        return isOfThis(id)
                && done(redis.write(
                        RELEASE,
                        EventCodec.arguments(keys.parked(), keys.parkedByGroup()),
                        EventCodec.arguments(id.toString())));
    }

    @Override
    public boolean drop(ParkedId id, String reason) {
        return isOfThis(id)
                && done(redis.write(
                        DROP,
                        EventCodec.arguments(keys.parked(), keys.parkedByGroup(), keys.dropped()),
                        EventCodec.arguments(id.toString(), reason)));
    }

    @Override
    public List<DroppedEntry> dropped(Optional<ParkedId> after, int max) {
        return page(keys.dropped(), after, max).stream().map(this::dropped).toList();
    }

    private DroppedEntry dropped(StreamEntry entry) {
        Map<String, String> fields = RedisFeed.fields(entry);
        ParkedId parked = ParkedId.parse(text(fields, "parked_id")).orElseThrow(() -> damaged(entry.getID()));
        return new DroppedEntry(id(entry), parked(parked, fields), text(fields, "drop_reason"), instant(id(entry)));
    }

    private List<StreamEntry> page(String stream, Optional<ParkedId> after, int max) {
        if (max < 1) {
            throw new IllegalArgumentException("a page takes at least 1 entry: " + max);
        }
        String from = after.map(last -> "(" + last.value().in(Position.WHOLE)).orElse("-");
        return redis.call(client -> client.xrange(stream, from, "+", max));
    }

    private ParkedEntry parked(ParkedId id, Map<String, String> fields) {
        Map<String, String> entry = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            if (name.startsWith(OF_ENTRY)) {
                entry.put(name.substring(OF_ENTRY.length()), value);
            }
        });
        try {
            Position position = Position.of(text(fields, "position"));
            Optional<EventId> eventId = EventId.parse(text(fields, "event_id"));
            Failure failure = new Failure(
                    text(fields, "reason"),
                    Times.parse(text(fields, "first_failure")).orElseThrow(),
                    Long.parseLong(text(fields, "attempts")));
            return new ParkedEntry(
                    id,
                    text(fields, "group"),
                    position,
                    eventId,
                    failure,
                    instant(id),
                    entry,
                    event(eventId, position));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw damaged(new StreamEntryID(id.toString()));
        }
    }

    /** The ledger's own word: what has been taken out of it does not come back by way of a copy. */
    private Optional<RecordedEvent> event(Optional<EventId> id, Position position) {
        return id.map(known -> reader.find(known).found())
                .orElseGet(() -> RedisFeed.eventAt(reader, position))
                .filter(event -> event.position().equals(position))
                .map(event -> new RecordedEvent(
                        event.event().withPayload(Optional.empty()),
                        event.position(),
                        event.seq(),
                        event.sessionSeq(),
                        event.recordedAt(),
                        event.contentHash()));
    }

    private static String text(Map<String, String> fields, String name) {
        return fields.getOrDefault(name, "");
    }

    private static ParkedId id(StreamEntry entry) {
        return new ParkedId(RedisFeed.position(entry.getID()));
    }

    /** Redis names an entry by the time at which it came. */
    private static Instant instant(ParkedId id) {
        return Instant.ofEpochMilli(id.value().millis());
    }

    private static RuntimeException damaged(StreamEntryID id) {
        return RedisErrors.corrupt("the parked entry " + id + " is damaged");
    }
}
