// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.feed;

import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.search.EventReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XPendingParams;
import redis.clients.jedis.params.XReadGroupParams;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.resps.StreamPendingEntry;

/** A stream as one consumer of a group reads it. */
record GroupStream(Redis redis, EventReader reader, String stream, String group, String name) {
    private static final Script CLAIM = new Script("claim.lua");
    private static final Script LEAVE = new Script("leave.lua");

    /** What this consumer holds; being read again counts as being delivered again. */
    List<Delivery> own(Jedis jedis, int max) {
        List<StreamEntry> entries = read(jedis, new StreamEntryID(0, 0), max, 0);
        if (entries.isEmpty()) {
            return List.of();
        }
        XPendingParams these = new XPendingParams(
                        entries.getFirst().getID(), entries.getLast().getID(), entries.size())
                .consumer(name);
        Map<StreamEntryID, Long> attempts = jedis.xpending(stream, group, these).stream()
                .collect(Collectors.toMap(StreamPendingEntry::getID, StreamPendingEntry::getDeliveredTimes));
        return entries.stream()
                .map(entry -> delivery(entry, attempts.getOrDefault(entry.getID(), 1L)))
                .toList();
    }

    /** What idle consumers of the group left behind. */
    List<Delivery> leftBehind(Duration idle, int most, int among) {
        Object taken = redis.write(
                CLAIM,
                EventCodec.arguments(stream),
                EventCodec.arguments(
                        group, name, Long.toString(idle.toMillis()), Integer.toString(most), Integer.toString(among)));
        List<Delivery> deliveries = new ArrayList<>();
        for (Object entry : (List<?>) taken) {
            List<String> texts = ((List<?>) entry)
                    .stream().map(text -> Keys.text((byte[]) text)).toList();
            Map<String, String> fields = new LinkedHashMap<>();
            for (int i = 2; i + 1 < texts.size(); i += 2) {
                fields.put(texts.get(i), texts.get(i + 1));
            }
            deliveries.add(
                    delivery(new StreamEntry(new StreamEntryID(texts.get(0)), fields), Long.parseLong(texts.get(1))));
        }
        return deliveries;
    }

    /** Removes the names of consumers that hold nothing. */
    void leave(String whom, Duration unseen) {
        Object ignored = redis.write(
                LEAVE,
                EventCodec.arguments(stream),
                EventCodec.arguments(group, name, whom, Long.toString(unseen.toMillis())));
    }

    List<StreamEntry> read(Jedis jedis, StreamEntryID from, int max, int blockMillis) {
        XReadGroupParams params = new XReadGroupParams().count(max);
        if (blockMillis > 0) {
            params.block(blockMillis);
        }
        var streams = jedis.xreadGroup(group, name, params, Map.of(stream, from));
        return streams == null || streams.isEmpty()
                ? List.of()
                : streams.getFirst().getValue();
    }

    /** An entry that is no event, or is gone, is what the document at its position says. */
    Delivery delivery(StreamEntry entry, long attempt) {
        Position position = RedisFeed.position(entry.getID());
        String reason;
        try {
            return new Delivery.Arrived(EventCodec.ofEntry(position, RedisFeed.fields(entry)), attempt);
        } catch (IllegalArgumentException | NoSuchElementException | InvalidInputException unreadable) {
            reason = unreadable.getMessage();
        }
        Optional<RecordedEvent> document = document(position, RedisFeed.fields(entry));
        if (document.isPresent()) {
            return new Delivery.Arrived(document.get(), attempt);
        }
        return new Delivery.Unreadable(position, attempt, "the entry is not an event: " + reason);
    }

    /** The entry may say which number the event has: that saves the search for it. */
    private Optional<RecordedEvent> document(Position position, Map<String, String> fields) {
        Optional<RecordedEvent> named = RedisFeed.seq(fields).stream()
                .filter(seq -> seq > 0)
                .boxed()
                .flatMap(seq -> reader.read(seq - 1, 1).stream())
                .filter(event -> event.position().equals(position))
                .findFirst();
        return named.or(() -> RedisFeed.eventAt(reader, position));
    }
}
