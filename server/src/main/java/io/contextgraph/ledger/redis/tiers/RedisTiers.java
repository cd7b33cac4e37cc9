// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.tiers;

import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.MemoryGuard;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.search.EventReader;
import io.contextgraph.ledger.redis.search.IdPages;
import io.contextgraph.ledger.redis.search.SearchIndex;
import io.contextgraph.ledger.trim.RetentionNotes;
import io.contextgraph.ledger.trim.StoreMemory;
import io.contextgraph.ledger.trim.TierSizes;
import io.contextgraph.ledger.trim.TierSizes.Tier;
import io.contextgraph.ledger.trim.Tiers;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.LongStream;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.resps.StreamGroupInfo;

/**
 * Counts what Redis knows, and estimates what it takes.
 *
 * <p><b>Units and bounds.</b> Bytes of many keys are those of {@value #SAMPLE} of them, spread over all, times how many there
 * are; those of a stream are what Redis itself estimates.
 *
 * <p><b>Source.</b> {@code XLEN}, {@code MEMORY USAGE}, {@code FT.INFO}.
 */
public final class RedisTiers implements Tiers {
    private static final int SAMPLE = 32;

    private final Redis redis;
    private final Redis reading;
    private final Keys keys;
    private final Engine engine;
    private final MemoryGuard guard;

    /**
     * @param redis may ask what keys take
     * @param reading may ask the index
     */
    public RedisTiers(Redis redis, Redis reading, Keys keys, Engine engine, MemoryGuard guard) {
        this.redis = redis;
        this.reading = reading;
        this.keys = keys;
        this.engine = engine;
        this.guard = guard;
    }

    @Override
    public Optional<StoreMemory> memory() {
        return guard.use().map(use -> new StoreMemory(use.usedBytes(), use.maxBytes()));
    }

    @Override
    public RetentionNotes notes() {
        return new RedisRetentionNotes(redis, keys);
    }

    /** What one round trip tells. */
    private record Counts(
            Head head,
            long unindexed,
            long entries,
            OptionalLong streamBytes,
            Optional<Instant> oldest,
            long sessions,
            List<TierSizes.Group> groups) {}

    private Counts counts() {
        return redis.pipelined(p -> {
            Response<List<String>> head = EventReader.queueHead(p, keys);
            Response<Long> entries = p.xlen(keys.global());
            Response<Object> bytes = usage(p, keys.global());
            Response<List<StreamEntry>> first = p.xrange(keys.global(), "-", "+", 1);
            Response<Long> sessions = p.zcard(keys.sessions());
            Response<List<StreamGroupInfo>> groups = p.xinfoGroups(keys.global());
            return () -> new Counts(
                    EventReader.head(head.get()),
                    EventReader.unindexed(head.get()).seq(),
                    entries.get(),
                    bytes(bytes),
                    first.get().stream()
                            .findFirst()
                            .map(entry -> Instant.ofEpochMilli(entry.getID().getTime())),
                    sessions.get(),
                    groups(groups));
        });
    }

    private static List<TierSizes.Group> groups(Response<List<StreamGroupInfo>> told) {
        try {
            return told.get().stream()
                    .map(group -> new TierSizes.Group(group.getName(), group.getConsumers(), group.getPending()))
                    .toList();
        } catch (JedisDataException noStreamYet) {
            if (RedisErrors.isOfCluster(noStreamYet)) {
                throw noStreamYet;
            }
            return List.of();
        }
    }

    @Override
    public TierSizes sizes() {
        Counts counts = counts();
        List<EventId> ids = sampleOfEvents(counts.head().seq());
        List<SessionId> sessions = sampleOfSessions(counts.sessions());
        long events = counts.head().seq();
        return new TierSizes(
                counts.oldest(),
                new Tier(OptionalLong.of(counts.entries()), counts.streamBytes()),
                new Tier(OptionalLong.empty(), estimate(sessions, keys::stream, counts.sessions())),
                new Tier(OptionalLong.of(events), estimate(ids, keys::document, events)),
                new Tier(OptionalLong.empty(), estimate(ids, keys::payload, events)),
                index(),
                new Tier(
                        OptionalLong.of(counts.unindexed()),
                        counts.unindexed() == 0
                                ? OptionalLong.of(0)
                                : estimate(sessions, keys::cold, counts.sessions())),
                new Tier(OptionalLong.of(counts.sessions()), estimate(sessions, keys::session, counts.sessions())),
                counts.groups());
    }

    private Tier index() {
        return engine == Engine.SEARCH
                ? new SearchIndex(reading, keys).size()
                : Tier.of(redis.call(client -> client.zcard(keys.all())));
    }

    /** As many numbers as are to be looked at, spread over all from 0 on. */
    private static List<Long> spread(long count) {
        long some = Math.min(count, SAMPLE);
        return LongStream.range(0, some).mapToObj(i -> i * count / some).toList();
    }

    private List<EventId> sampleOfEvents(long events) {
        return redis.pipelined(p -> {
            List<Response<byte[]>> found = new ArrayList<>();
            for (long index : spread(events)) {
                long page = IdPages.page(index + 1);
                long from = (index + 1 - IdPages.first(page)) * Keys.ID_BYTES;
                found.add(p.getrange(Keys.bytes(keys.ids(page)), from, from + Keys.ID_BYTES - 1));
            }
            return () -> found.stream()
                    .map(Response::get)
                    .filter(bytes -> bytes.length == Keys.ID_BYTES)
                    .map(ByteBuffer::wrap)
                    .map(Ref::id)
                    .toList();
        });
    }

    private List<SessionId> sampleOfSessions(long sessions) {
        return redis.pipelined(p -> {
            List<Response<List<String>>> found = new ArrayList<>();
            for (long index : spread(sessions)) {
                found.add(p.zrange(keys.sessions(), index, index));
            }
            return () -> found.stream()
                    .flatMap(one -> one.get().stream())
                    .map(SessionId::new)
                    .toList();
        });
    }

    /** What all of them take, by those of the sample; nothing where Redis does not tell. */
    private <T> OptionalLong estimate(List<T> sample, Function<T, String> key, long all) {
        List<OptionalLong> usages = redis.pipelined(p -> {
            List<Response<Object>> asked =
                    sample.stream().map(key).map(name -> usage(p, name)).toList();
            return () -> asked.stream().map(RedisTiers::bytes).toList();
        });
        if (usages.stream().anyMatch(OptionalLong::isEmpty)) {
            return OptionalLong.empty();
        }
        long sum = usages.stream().mapToLong(OptionalLong::getAsLong).sum();
        return OptionalLong.of(usages.isEmpty() ? 0 : Math.round((double) sum / usages.size() * all));
    }

    private static Response<Object> usage(Pipeline pipeline, String key) {
        return pipeline.sendCommand(Protocol.Command.MEMORY, "USAGE", key);
    }

    /** Nothing where a managed Redis keeps it to itself; 0 of a key that is not there. */
    private static OptionalLong bytes(Response<Object> usage) {
        try {
            return OptionalLong.of(usage.get() instanceof Long bytes ? bytes : 0);
        } catch (JedisDataException refused) {
            return OptionalLong.empty();
        }
    }
}
