// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.personal;

import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.personal.ErasureRecords;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.personal.UnfencedException;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.FenceHeight;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.client.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ZRangeParams;

/** What a ledger in Redis holds about persons. */
public final class RedisPersonalEvents implements PersonalEvents {
    private static final Script RAISE = new Script("personal/raise.lua");
    private static final Script FORGET = new Script("personal/forget.lua");

    private final Redis erase;
    private final Redis read;
    private final Keys keys;
    private final Engine engine;
    private final DurableWrite durably;
    private final SealedSearch search;
    private final RedisErasures erasures;

    /**
     * As two roles.
     *
     * @param erase may raise fences and delete sealed payloads
     * @param read may read
     * @param timeout of one search
     * @param mend makes the index of sealed payloads again that somebody has dropped
     */
    public RedisPersonalEvents(
            Redis erase,
            Redis read,
            Keys keys,
            Engine engine,
            DurabilitySettings durability,
            Duration timeout,
            Runnable mend) {
        this.erase = erase;
        this.read = read;
        this.keys = keys;
        this.engine = engine;
        this.durably = new DurableWrite(erase, keys, durability);
        this.search = new SealedSearch(read, keys, timeout, mend);
        this.erasures = new RedisErasures(read, keys, durably);
    }

    @Override
    public int raise(SubjectPseudonym subject, int generation) {
        SealedForm.requireGeneration(generation);
        Object height = durably.run(
                RAISE, EventCodec.arguments(keys.fence(subject)), EventCodec.arguments(Integer.toString(generation)));
        return Integer.parseInt(Keys.text((byte[]) height));
    }

    @Override
    public OptionalInt fence(SubjectPseudonym subject) {
        String key = keys.fence(subject);
        return FenceHeight.read(key, read.call(client -> client.get(key)));
    }

    @Override
    public List<PersonalEvent> events(SubjectPseudonym subject, long afterSeq, int max) {
        PersonalEvents.requirePage(afterSeq, max);
        if (engine == Engine.SEARCH) {
            return search.events(subject, afterSeq, max);
        }
        byte[] set = Keys.bytes(keys.subject(subject));
        ZRangeParams page = ZRangeParams.zrangeByScoreParams(afterSeq + 1.0, Double.POSITIVE_INFINITY)
                .limit(0, max);
        return read.call(client -> client.zrange(set, page)).stream()
                .map(member -> Ref.ofMember(member, 0))
                .map(ref -> new PersonalEvent(ref.seq(), ref.id()))
                .toList();
    }

    @Override
    public int forget(SubjectPseudonym subject, List<PersonalEvent> events) {
        PersonalEvents.requireStep(events);
        List<String> names = new ArrayList<>(List.of(keys.ledger(), keys.fence(subject)));
        List<byte[]> arguments = new ArrayList<>(EventCodec.arguments(engine.configName()));
        if (engine == Engine.SORTED_SET) {
            names.add(keys.subject(subject));
            events.forEach(event -> arguments.add(new Ref(event.seq(), event.id(), 0).member()));
        }
        events.forEach(event -> names.add(keys.sealed(subject, event.id())));
        try {
            Object forgotten = erase.write(FORGET, EventCodec.arguments(names.toArray(String[]::new)), arguments);
            return Integer.parseInt(Keys.text((byte[]) forgotten));
        } catch (LedgerException refused) {
            if (refused.getCause() instanceof JedisDataException said
                    && String.valueOf(said.getMessage()).startsWith("UNFENCED ")) {
                throw new UnfencedException(subject);
            }
            throw refused;
        }
    }

    @Override
    public long count(SubjectPseudonym subject) {
        return engine == Engine.SEARCH
                ? search.count(subject)
                : read.call(client -> client.zcard(keys.subject(subject)));
    }

    @Override
    public ErasureRecords erasures() {
        return erasures;
    }
}
