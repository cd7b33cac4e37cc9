// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.XClaimParams;
import redis.clients.jedis.params.XPendingParams;
import redis.clients.jedis.params.XReadGroupParams;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.resps.StreamPendingEntry;

/** One consumer of a group, on a connection of its own. */
final class RedisConsumer implements EventFeed.Consumer {
    /** Longest single wait inside Redis; a longer one is made of several, so that closing is noticed. */
    private static final Duration LONGEST_BLOCK = Duration.ofSeconds(2);

    private final Redis redis;
    private final Keys keys;
    private final Duration claimAfter;
    private final EventReader reader;
    private final String group;
    private final String name;

    private @Nullable Jedis connection;

    /** Whether there may be entries that this consumer was given and has not acknowledged. */
    private boolean mayHold = true;

    private long nextClaimNanos = System.nanoTime();
    private volatile boolean closed;

    RedisConsumer(Redis redis, Keys keys, Duration claimAfter, EventReader reader, String group, String name) {
        this.redis = redis;
        this.keys = keys;
        this.claimAfter = claimAfter;
        this.reader = reader;
        this.group = group;
        this.name = name;
    }

    @Override
    public List<Delivery> poll(int max, Duration wait) {
        if (max < 1) {
            throw new IllegalArgumentException("a poll takes at least 1 entry: " + max);
        }
        List<Delivery> deliveries = new ArrayList<>();
        if (mayHold) {
            deliveries.addAll(onConnection(jedis -> own(jedis, max)));
            mayHold = !deliveries.isEmpty();
        }
        if (deliveries.size() < max && System.nanoTime() - nextClaimNanos >= 0) {
            int held = deliveries.size();
            deliveries.addAll(onConnection(jedis -> leftBehind(jedis, max - held, held)));
            // Not on every poll: finding idle entries costs the group a look through all that is pending.
            nextClaimNanos = System.nanoTime() + claimAfter.toNanos() / 4;
        }
        if (deliveries.size() < max) {
            Duration patience = deliveries.isEmpty() ? wait : Duration.ZERO;
            int room = max - deliveries.size();
            deliveries.addAll(fresh(room, patience));
        }
        mayHold |= !deliveries.isEmpty();
        return deliveries;
    }

    private List<Delivery> fresh(int max, Duration wait) {
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            long left = Math.max(0, (deadline - System.nanoTime()) / 1_000_000);
            int block = (int) Math.min(left, LONGEST_BLOCK.toMillis());
            List<StreamEntry> entries =
                    onConnection(jedis -> read(jedis, StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY, max, block));
            if (!entries.isEmpty()
                    || block == 0
                    || closed
                    || Thread.currentThread().isInterrupted()) {
                return entries.stream().map(entry -> delivery(entry, 1)).toList();
            }
        }
    }

    /** What this consumer holds; being read again counts as being delivered again. */
    private List<Delivery> own(Jedis jedis, int max) {
        List<StreamEntry> entries = read(jedis, new StreamEntryID(0, 0), max, 0);
        if (entries.isEmpty()) {
            return List.of();
        }
        XPendingParams these = new XPendingParams(
                        entries.getFirst().getID(), entries.getLast().getID(), entries.size())
                .consumer(name);
        Map<StreamEntryID, Long> attempts = jedis.xpending(keys.global(), group, these).stream()
                .collect(Collectors.toMap(StreamPendingEntry::getID, StreamPendingEntry::getDeliveredTimes));
        return entries.stream()
                .map(entry -> delivery(entry, attempts.getOrDefault(entry.getID(), 1L)))
                .toList();
    }

    /**
     * What idle consumers of the group left behind. Claiming an entry that the stream has lost would make Redis forget
     * that it is pending: such an entry stays where it is, and is read from its document until somebody acknowledges.
     */
    private List<Delivery> leftBehind(Jedis jedis, int max, int held) {
        long idle = claimAfter.toMillis();
        XPendingParams idleOnes = new XPendingParams("-", "+", max + held).idle(idle);
        List<StreamPendingEntry> pending = jedis.xpending(keys.global(), group, idleOnes).stream()
                .filter(entry -> !entry.getConsumerName().equals(name))
                .limit(max)
                .toList();
        List<Delivery> deliveries = new ArrayList<>();
        for (StreamPendingEntry entry : pending) {
            StreamEntryID id = entry.getID();
            long attempt = entry.getDeliveredTimes() + 1;
            if (jedis.xrange(keys.global(), id.toString(), id.toString(), 1).isEmpty()) {
                deliveries.add(delivery(new StreamEntry(id, Map.of()), attempt));
            } else {
                // Empty where another consumer was faster.
                jedis.xclaim(keys.global(), group, name, idle, new XClaimParams(), id).stream()
                        .map(claimed -> delivery(claimed, attempt))
                        .forEach(deliveries::add);
            }
        }
        return deliveries;
    }

    private List<StreamEntry> read(Jedis jedis, StreamEntryID from, int max, int blockMillis) {
        XReadGroupParams params = new XReadGroupParams().count(max);
        if (blockMillis > 0) {
            params.block(blockMillis);
        }
        var streams = jedis.xreadGroup(group, name, params, Map.of(keys.global(), from));
        return streams == null || streams.isEmpty()
                ? List.of()
                : streams.getFirst().getValue();
    }

    private Delivery delivery(StreamEntry entry, long attempt) {
        Position position = RedisFeed.position(entry.getID());
        String reason;
        try {
            return new Delivery.Arrived(EventCodec.ofEntry(position, RedisFeed.fields(entry)), attempt);
        } catch (IllegalArgumentException | NoSuchElementException | InvalidInputException unreadable) {
            reason = unreadable.getMessage();
        }
        Optional<RecordedEvent> document = RedisFeed.eventAt(reader, position);
        if (document.isPresent()) {
            return new Delivery.Arrived(document.get(), attempt);
        }
        return new Delivery.Unreadable(position, attempt, "the entry is not an event: " + reason);
    }

    @Override
    public void acknowledge(Collection<Position> positions) {
        if (positions.isEmpty()) {
            return;
        }
        StreamEntryID[] ids = positions.stream()
                .map(p -> new StreamEntryID(p.millis(), p.sequence()))
                .toArray(StreamEntryID[]::new);
        long ignored = onConnection(jedis -> jedis.xack(keys.global(), group, ids));
    }

    @Override
    public boolean park(Delivery delivery, Failure failure) {
        return RedisParking.park(redis, keys, group, delivery, failure);
    }

    /** On this consumer's connection, opened again after a failure; the group is created where it is missing. */
    private <T> T onConnection(Function<Jedis, T> work) {
        return RedisErrors.guard(() -> {
            Jedis jedis = connection;
            try {
                if (jedis == null) {
                    jedis = redis.dedicated(LONGEST_BLOCK);
                    connection = jedis;
                    createGroup(jedis);
                }
                try {
                    return work.apply(jedis);
                } catch (JedisDataException e) {
                    if (!String.valueOf(e.getMessage()).startsWith("NOGROUP")) {
                        throw e;
                    }
                    createGroup(jedis);
                    return work.apply(jedis);
                }
            } catch (JedisConnectionException lost) {
                // An answer may have been lost on the way: what it held is ours now.
                mayHold = true;
                disconnect();
                throw lost;
            }
        });
    }

    /** The group begins at the first event. */
    private void createGroup(Jedis jedis) {
        try {
            jedis.xgroupCreate(keys.global(), group, new StreamEntryID(0, 0), true);
        } catch (JedisDataException e) {
            if (!String.valueOf(e.getMessage()).startsWith("BUSYGROUP")) {
                throw e;
            }
        }
    }

    private void disconnect() {
        Jedis jedis = connection;
        connection = null;
        if (jedis != null) {
            jedis.close();
        }
    }

    @Override
    public void close() {
        closed = true;
        disconnect();
    }
}
