// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.feed;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.PositionSearch;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.search.EventReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What a group is given of the events that were trimmed before it had them: a stream of its own with the same positions,
 * filled from the documents in pages, that goes when all of it is acknowledged.
 */
final class CatchUp {
    private static final int PAGE = 200;
    private static final Script FILL = new Script("fill.lua");
    private static final Script FILLED = new Script("filled.lua");

    private final Redis redis;
    private final Keys keys;
    private final EventReader reader;
    private final String group;
    private final GroupStream stream;

    /** Whether the group has not finished what it lacks, and whether there is a stream that it is given them in. */
    private boolean behind;

    private boolean begun;
    private Head place = Head.EMPTY;

    CatchUp(Redis redis, Keys keys, EventReader reader, String group, String name) {
        this.redis = redis;
        this.keys = keys;
        this.reader = reader;
        this.group = group;
        this.stream = new GroupStream(redis, reader, keys.feed(group), group, name);
    }

    GroupStream stream() {
        return stream;
    }

    /** Whether there is, or will be, something of the group's in its own stream. */
    boolean look(Jedis jedis) {
        Pipeline both = jedis.pipelined();
        Response<Boolean> lacks = both.hexists(keys.behind(), group);
        Response<Boolean> there = both.exists(keys.feed(group));
        both.sync();
        behind = lacks.get();
        begun = there.get();
        return active();
    }

    /** What {@link #look} has seen. */
    boolean active() {
        return behind || begun;
    }

    List<Delivery> own(Jedis jedis, int max) {
        return begun ? known(jedis, connection -> stream.own(connection, max)) : List.of();
    }

    /** What is new to the group. */
    List<Delivery> fresh(Jedis jedis, int max) {
        List<Delivery> deliveries = new ArrayList<>(take(jedis, max));
        boolean lacks = behind;
        while (lacks && deliveries.size() < max) {
            lacks = fill();
            deliveries.addAll(take(jedis, max - deliveries.size()));
        }
        if (begun && deliveries.isEmpty()) {
            Object ignored = redis.write(
                    FILLED,
                    EventCodec.arguments(keys.feed(group), keys.behind(), keys.ledger()),
                    EventCodec.arguments(group));
        }
        return deliveries;
    }

    private List<Delivery> take(Jedis jedis, int max) {
        if (!begun) {
            return List.of();
        }
        return known(
                jedis,
                connection -> stream.read(connection, StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY, max, 0).stream()
                        .map(entry -> stream.delivery(entry, 1))
                        .toList());
    }

    /** Nothing where another consumer has seen the end of it. */
    private static List<Delivery> known(Jedis jedis, Function<Jedis, List<Delivery>> reading) {
        try {
            return reading.apply(jedis);
        } catch (JedisDataException e) {
            if (!String.valueOf(e.getMessage()).startsWith("NOGROUP")) {
                throw e;
            }
            return List.of();
        }
    }

    /** Adds a page. @return whether there is more to add */
    private boolean fill() {
        String follows = fill(List.of(""));
        if (follows.isEmpty()) {
            return false;
        }
        Position from = Position.of(follows);
        if (!place.position().equals(from)) {
            place = PositionSearch.lastUpTo(from, reader.head().seq(), seq -> reader.read(seq, 1))
                    .map(event -> new Head(event.seq(), event.position()))
                    .orElse(Head.EMPTY);
        }
        Head trimmed = LedgerHeader.trimmed(redis.call(client -> client.hmget(keys.ledger(), LedgerHeader.TRIMMED))
                .getFirst());
        List<RecordedEvent> page = place.seq() < trimmed.seq() ? trimmed(trimmed) : List.of();
        List<String> arguments = new ArrayList<>(List.of(follows));
        if (page.isEmpty() && place.seq() < trimmed.seq()) {
            arguments.add(trimmed.position().toString());
            return !fill(arguments).isEmpty();
        }
        for (RecordedEvent event : page) {
            arguments.add(event.position().toString());
            arguments.add(event.event().id().toString());
            arguments.add(Long.toString(event.seq()));
            place = new Head(event.seq(), event.position());
        }
        begun |= !page.isEmpty();
        return !fill(arguments).isEmpty() && !page.isEmpty();
    }

    /** The next events without entries; of those that are gone there is none, so that there may be no more of them. */
    private List<RecordedEvent> trimmed(Head last) {
        return reader.read(place.seq(), Math.toIntExact(Math.min(PAGE, last.seq() - place.seq()))).stream()
                .filter(event -> event.seq() <= last.seq())
                .toList();
    }

    private String fill(List<String> arguments) {
        List<String> all = new ArrayList<>(List.of(group));
        all.addAll(arguments);
        return Keys.text((byte[]) redis.write(
                FILL,
                EventCodec.arguments(keys.feed(group), keys.behind(), keys.global(), keys.ledger()),
                EventCodec.arguments(all.toArray(String[]::new))));
    }
}
