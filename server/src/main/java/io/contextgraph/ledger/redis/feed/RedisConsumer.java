// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.feed;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.search.EventReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.resps.StreamEntry;

/** One consumer of a group, on a connection of its own. */
final class RedisConsumer implements EventFeed.Consumer {
    private static final Logger LOG = LoggerFactory.getLogger(RedisConsumer.class);

    /** Longest single wait inside Redis; a longer one is made of several, so that closing is noticed. */
    private static final Duration LONGEST_BLOCK = Duration.ofSeconds(2);

    /** Most entries that one script takes over: Redis does nothing else meanwhile. */
    private static final int MAX_CLAIM = 100;

    /** A consumer without any entry that has not been seen for so many times the patience with its entries is gone. */
    private static final int PATIENCE_WITH_NAMES = 20;

    /** How often a connection is opened again because the ledger is on another node. */
    private static final int MOST_MOVES = 2;

    private static final Script GROUP = new Script("group.lua");

    private final Redis redis;
    private final Keys keys;
    private final FeedSettings settings;
    private final String group;
    private final String name;
    private final GroupStream global;
    private final CatchUp catchUp;

    private @Nullable Jedis connection;

    /** Whether there may be entries that this consumer was given and has not acknowledged. */
    private boolean mayHold = true;

    private long nextClaimNanos = System.nanoTime();
    private volatile boolean closed;

    RedisConsumer(Redis redis, Keys keys, FeedSettings settings, EventReader reader, String group, String name) {
        this.redis = redis;
        this.keys = keys;
        this.settings = settings;
        this.group = group;
        this.name = name;
        this.global = new GroupStream(redis, reader, keys.global(), group, name);
        this.catchUp = new CatchUp(redis, keys, reader, group, name);
    }

    @Override
    public List<Delivery> poll(int max, Duration wait) {
        if (max < 1) {
            throw new IllegalArgumentException("a poll takes at least 1 entry: " + max);
        }
        List<Delivery> deliveries = polled(max, wait);
        for (Set<Position> gone = gone(deliveries); !gone.isEmpty(); gone = gone(deliveries)) {
            Set<Position> done = gone;
            acknowledge(done);
            deliveries.removeIf(delivery -> done.contains(delivery.position()));
            if (deliveries.isEmpty()) {
                deliveries = polled(max, wait);
            }
        }
        return deliveries;
    }

    /**
     * What has left the ledger since the group was to be given it: that is no work any more. What cannot be read where no number is
     * gone was never an event.
     */
    private Set<Position> gone(List<Delivery> deliveries) {
        Set<Position> unknown = deliveries.stream()
                .filter(Delivery.Unreadable.class::isInstance)
                .map(Delivery::position)
                .collect(Collectors.toSet());
        if (unknown.isEmpty()) {
            return unknown;
        }
        Position last = LedgerHeader.pruned(redis.call(client -> client.hmget(keys.ledger(), LedgerHeader.PRUNED))
                        .getFirst())
                .position();
        return unknown.stream()
                .filter(position -> position.compareTo(last) <= 0 && RedisFeed.isGap(global.reader(), position))
                .collect(Collectors.toSet());
    }

    private List<Delivery> polled(int max, Duration wait) {
        List<Delivery> deliveries = new ArrayList<>();
        boolean late = onConnection(catchUp::look);
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
                global.leave("others", settings.claimAfter().multipliedBy(PATIENCE_WITH_NAMES));
            }
        }
        if (late && deliveries.size() < max) {
            int room = max - deliveries.size();
            deliveries.addAll(onConnection(jedis -> catchUp.fresh(jedis, room)));
        }
        if (deliveries.size() < max) {
            Duration patience = deliveries.isEmpty() ? wait : Duration.ZERO;
            int room = max - deliveries.size();
            deliveries.addAll(fresh(room, patience));
        }
        mayHold |= !deliveries.isEmpty();
        return deliveries;
    }

    /** What this consumer was given of what was trimmed, then of the rest. */
    private List<Delivery> own(Jedis jedis, int max) {
        List<Delivery> own = new ArrayList<>(catchUp.own(jedis, max));
        if (own.size() < max) {
            own.addAll(global.own(jedis, max - own.size()));
        }
        return own;
    }

    private List<Delivery> leftBehind(int most, int among) {
        List<Delivery> taken = new ArrayList<>();
        if (catchUp.active()) {
            taken.addAll(catchUp.stream().leftBehind(settings.claimAfter(), most, among));
        }
        if (taken.size() < most) {
            taken.addAll(global.leftBehind(settings.claimAfter(), most - taken.size(), among));
        }
        return taken;
    }

    private List<Delivery> fresh(int max, Duration wait) {
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            long left = Math.max(0, (deadline - System.nanoTime()) / 1_000_000);
            int block = (int) Math.min(left, LONGEST_BLOCK.toMillis());
            List<StreamEntry> entries =
                    onConnection(jedis -> global.read(jedis, StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY, max, block));
            if (!entries.isEmpty()
                    || block == 0
                    || closed
                    || Thread.currentThread().isInterrupted()) {
                return lingered(entries, max).stream()
                        .map(entry -> global.delivery(entry, 1))
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
            more = onConnection(jedis -> global.read(jedis, StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY, room, block));
            entries.addAll(more);
        }
        return entries;
    }

    @Override
    public void acknowledge(Collection<Position> positions) {
        if (positions.isEmpty()) {
            return;
        }
        StreamEntryID[] ids = positions.stream()
                .map(p -> new StreamEntryID(p.millis(), p.sequence()))
                .toArray(StreamEntryID[]::new);
        long ignored = onConnection(jedis -> {
            long done = jedis.xack(keys.global(), group, ids);
            return catchUp.active() ? done + jedis.xack(keys.feed(group), group, ids) : done;
        });
    }

    @Override
    public boolean park(Delivery delivery, Failure failure) {
        boolean parked = RedisParking.park(redis, keys, keys.global(), group, delivery, failure);
        return parked
                || (catchUp.active() && RedisParking.park(redis, keys, keys.feed(group), group, delivery, failure));
    }

    /** On this consumer's connection, opened again after a failure; the group is created where it is missing. */
    private <T> T onConnection(Function<Jedis, T> work) {
        return RedisErrors.guard(() -> {
            for (int moves = 0; ; moves++) {
                try {
                    return onThisConnection(work);
                } catch (JedisException failed) {
                    if (!redis.isElsewhere(failed)) {
                        throw failed;
                    }
                    disconnect();
                    if (moves == MOST_MOVES) {
                        throw failed;
                    }
                }
            }
        });
    }

    private <T> T onThisConnection(Function<Jedis, T> work) {
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
    }

    /** The group begins at the first event, whether or not that was trimmed. */
    private void createGroup(Jedis jedis) {
        Pipeline both = jedis.pipelined();
        GROUP.queueLoad(both);
        Response<Object> made = GROUP.queue(
                both,
                EventCodec.arguments(keys.global(), keys.ledger(), keys.behind(), keys.feed(group)),
                EventCodec.arguments(group));
        both.sync();
        Object ignored = made.get();
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
                global.leave("itself", Duration.ZERO);
            } catch (LedgerException away) {
                LOG.debug("consumer {} stays in the group for now", name, away);
            }
        }
        disconnect();
    }
}
