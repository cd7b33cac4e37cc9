// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.feed;

import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.search.EventReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.XPendingParams;
import redis.clients.jedis.params.XReadGroupParams;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.resps.StreamPendingEntry;

/** One consumer of a group, on a connection of its own. */
final class RedisConsumer implements EventFeed.Consumer {
    private static final Logger LOG = LoggerFactory.getLogger(RedisConsumer.class);

    /** Longest single wait inside Redis; a longer one is made of several, so that closing is noticed. */
    private static final Duration LONGEST_BLOCK = Duration.ofSeconds(2);

    /** Most entries that one script takes over: Redis does nothing else meanwhile. */
    private static final int MAX_CLAIM = 100;

    /** A consumer without any entry that has not been seen for so many times the patience with its entries is gone. */
    private static final int PATIENCE_WITH_NAMES = 20;

    private static final Script CLAIM = new Script("claim.lua");
    private static final Script LEAVE = new Script("leave.lua");

    private final Redis redis;
    private final Keys keys;
    private final FeedSettings settings;
    private final EventReader reader;
    private final String group;
    private final String name;

    private @Nullable Jedis connection;

    /** Whether there may be entries that this consumer was given and has not acknowledged. */
    private boolean mayHold = true;

    private long nextClaimNanos = System.nanoTime();
    private volatile boolean closed;

    RedisConsumer(Redis redis, Keys keys, FeedSettings settings, EventReader reader, String group, String name) {
        this.redis = redis;
        this.keys = keys;
        this.settings = settings;
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
            int most = Math.min(max - deliveries.size(), MAX_CLAIM);
            List<Delivery> taken = leftBehind(most, most + deliveries.size());
            deliveries.addAll(taken);
            if (taken.size() < most) {
                // Not on every poll: finding idle entries costs the group a look through all that is pending.
                nextClaimNanos = System.nanoTime() + settings.claimAfter().toNanos() / 4;
                leave("others", settings.claimAfter().multipliedBy(PATIENCE_WITH_NAMES));
            }
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
                return lingered(entries, max).stream()
                        .map(entry -> delivery(entry, 1))
                        .toList();
            }
        }
    }

    /** With what comes close behind: an event that nothing follows soon is not kept waiting for more. */
    private List<StreamEntry> lingered(List<StreamEntry> first, int max) {
        long gapNanos = settings.linger().toNanos() / 4;
        if (gapNanos == 0 || first.isEmpty()) {
            return first;
        }
        List<StreamEntry> entries = new ArrayList<>(first);
        long deadline = System.nanoTime() + settings.linger().toNanos();
        List<StreamEntry> more = first;
        while (!more.isEmpty() && entries.size() < max && !closed) {
            long nanos = Math.min(gapNanos, deadline - System.nanoTime());
            if (nanos <= 0) {
                break;
            }
            int room = max - entries.size();
            int block = (int) Math.max(1, nanos / 1_000_000);
            more = onConnection(jedis -> read(jedis, StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY, room, block));
            entries.addAll(more);
        }
        return entries;
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

    /** What idle consumers of the group left behind. */
    private List<Delivery> leftBehind(int most, int among) {
        Object taken = redis.write(
                CLAIM,
                EventCodec.arguments(keys.global()),
                EventCodec.arguments(
                        group,
                        name,
                        Long.toString(settings.claimAfter().toMillis()),
                        Integer.toString(most),
                        Integer.toString(among)));
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
    private void leave(String whom, Duration unseen) {
        Object ignored = redis.write(
                LEAVE,
                EventCodec.arguments(keys.global()),
                EventCodec.arguments(group, name, whom, Long.toString(unseen.toMillis())));
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
        // Where Redis is away, others remove the name later.
        if (connection != null) {
            try {
                leave("itself", Duration.ZERO);
            } catch (LedgerException away) {
                LOG.debug("consumer {} stays in the group for now", name, away);
            }
        }
        disconnect();
    }
}
