// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.prune;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.prune.Founding;
import io.contextgraph.ledger.prune.Holds;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.FenceHeight;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.PlanText;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.SessionEntry;
import io.contextgraph.ledger.redis.search.ColdPieces;
import io.contextgraph.ledger.redis.search.Gone;
import io.contextgraph.ledger.redis.trim.FencedScript;
import io.contextgraph.ledger.redis.trim.TrimScript;
import io.contextgraph.ledger.trim.Fence;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;

/** Takes events out of a ledger in Redis, by scripts that ask for the lease of trimming. */
public final class RedisPruning implements Pruning {
    private static final String HELD = "HELD ";

    private final Redis redis;
    private final Keys keys;
    private final Engine engine;
    private final Gone gone;
    private final Holds holds;
    private final Founding founding;
    private final FencedScript begin;
    private final FencedScript step;
    private final FencedScript forget;
    private final FencedScript restore;
    private final FencedScript keep;

    /**
     * As two roles.
     *
     * @param redis may prune
     * @param append may append
     */
    public RedisPruning(Redis redis, Redis append, Keys keys, Engine engine) {
        this(redis, append, keys, engine, TrimScript.CLOCK);
    }

    /**
     * With another clock.
     *
     * @param clock the fragment that says what time it is
     */
    RedisPruning(Redis redis, Redis append, Keys keys, Engine engine, String clock) {
        this.redis = redis;
        this.keys = keys;
        this.engine = engine;
        this.gone = new Gone(redis, keys);
        this.holds = new RedisHolds(redis, keys);
        this.founding = new RedisFounding(append, keys, engine);
        this.begin = new FencedScript(redis, TrimScript.of(clock, "trim/fence", "prune/begin"));
        this.step = new FencedScript(redis, TrimScript.of(clock, "trim/fence", "prune/step"));
        this.forget = new FencedScript(redis, TrimScript.of(clock, "trim/fence", "prune/forget"));
        this.restore = new FencedScript(redis, TrimScript.of(clock, "trim/fence", "prune/restore"));
        this.keep = new FencedScript(redis, TrimScript.of(clock, "trim/fence", "prune/keep"));
    }

    @Override
    public Pruned begin(Fence fence, Plan plan) {
        Object at = begin.run(
                fence,
                EventCodec.arguments(keys.ledger(), keys.lease("retention"), keys.prunings()),
                EventCodec.arguments(
                        fence.owner(), Long.toString(fence.number()), plan.segment(), PlanText.write(plan)));
        return gone.pruning(Long.parseLong(Keys.text((byte[]) at))).orElseThrow();
    }

    @Override
    public Optional<SessionId> step(
            Fence fence, Pruned pruning, List<RecordedEvent> events, Map<SessionId, String> tallies, long firstSeq) {
        if (events.isEmpty() || events.size() > MAX_STEP) {
            throw new IllegalArgumentException("a step takes 1 to " + MAX_STEP + " events: " + events.size());
        }
        Map<SessionId, PrunedSession> before = sessions(tallies.keySet());
        Head unindexed =
                LedgerHeader.unindexed(redis.call(client -> client.hget(keys.ledger(), LedgerHeader.UNINDEXED)));
        StepPlan plan = new StepPlan(keys, engine, pruning, events, firstSeq, unindexed);
        plan.sessions(before, tallies);
        try {
            Object ignored = step.run(fence, plan.names(), plan.arguments(fence));
            return Optional.empty();
        } catch (LedgerException refused) {
            return Optional.of(held(refused).orElseThrow(() -> refused));
        }
    }

    @Override
    public void restore(Fence fence, List<RecordedEvent> events, Map<SessionId, String> tallies) {
        if (events.isEmpty() || events.size() > MAX_STEP) {
            throw new IllegalArgumentException("a step takes 1 to " + MAX_STEP + " events: " + events.size());
        }
        Head unindexed =
                LedgerHeader.unindexed(redis.call(client -> client.hget(keys.ledger(), LedgerHeader.UNINDEXED)));
        events.forEach(event -> PersonalPayloads.requireSealed(event.event()));
        RestorePlan plan = new RestorePlan(keys, engine, withoutErased(events), unindexed);
        plan.sessions(sessions(plan.sessions()), tallies);
        plan.cold(ColdPieces.of(redis, keys, plan.unindexed()));
        Object ignored = restore.run(fence, plan.names(), plan.arguments(fence));
    }

    /** These events, those without payloads whose subjects were erased since they went. */
    private List<RecordedEvent> withoutErased(List<RecordedEvent> events) {
        List<String> fences = events.stream()
                .flatMap(event -> SealedForm.of(event.event()).stream())
                .map(form -> keys.fence(form.subject()))
                .distinct()
                .toList();
        if (fences.isEmpty()) {
            return events;
        }
        List<String> said = redis.call(client -> client.mget(fences.toArray(String[]::new)));
        Map<String, Integer> heights = new HashMap<>();
        for (int i = 0; i < fences.size(); i++) {
            String fence = fences.get(i);
            FenceHeight.read(fence, said.get(i)).ifPresent(height -> heights.put(fence, height));
        }
        return events.stream()
                .map(event -> SealedForm.of(event.event())
                                .filter(form ->
                                        form.generation() <= heights.getOrDefault(keys.fence(form.subject()), 0))
                                .isPresent()
                        ? event.withPayload(Optional.empty())
                        : event)
                .toList();
    }

    @Override
    public boolean keep(Fence fence, SessionId session, PrunedSession before, String tally) {
        Object kept = keep.run(
                fence,
                EventCodec.arguments(keys.ledger(), keys.lease("retention"), keys.session(session)),
                EventCodec.arguments(
                        fence.owner(),
                        Long.toString(fence.number()),
                        Long.toString(before.events()),
                        before.tally(),
                        tally));
        return "1".equals(Keys.text((byte[]) kept));
    }

    private static Optional<SessionId> held(LedgerException refused) {
        return refused.getCause() instanceof JedisDataException said
                        && String.valueOf(said.getMessage()).startsWith(HELD)
                ? Optional.of(new SessionId(String.valueOf(said.getMessage()).substring(HELD.length())))
                : Optional.empty();
    }

    @Override
    public Optional<Pruned> find(Instant at) {
        return gone.pruning(at.toEpochMilli());
    }

    @Override
    public Optional<Pruned> last() {
        List<String> begun =
                redis.call(client -> client.hmget(keys.ledger(), LedgerHeader.PRUNING, LedgerHeader.PRUNING_OF));
        return begun.get(0) == null || begun.get(1) == null
                ? Optional.empty()
                : gone.pruning(Long.parseLong(begun.get(0)));
    }

    @Override
    public Extent extent() {
        List<String> fields = redis.call(client ->
                client.hmget(keys.ledger(), LedgerHeader.PRUNED, LedgerHeader.PRUNED_EVENTS, LedgerHeader.FIRST_SEQ));
        return new Extent(
                LedgerHeader.pruned(fields.get(0)),
                LedgerHeader.count(fields.get(1)),
                LedgerHeader.firstSeq(fields.get(2)));
    }

    @Override
    public long remembered() {
        return redis.call(client -> client.zcard(keys.gone()));
    }

    @Override
    public Map<SessionId, PrunedSession> sessions(Collection<SessionId> sessions) {
        return redis.pipelined(p -> {
            Map<SessionId, Response<List<String>>> asked = new LinkedHashMap<>();
            sessions.forEach(session ->
                    asked.put(session, p.hmget(keys.session(session), SessionEntry.PRUNED, SessionEntry.TALLY)));
            return () -> {
                Map<SessionId, PrunedSession> found = new HashMap<>();
                asked.forEach((session, fields) -> {
                    List<String> told = fields.get();
                    if (told.get(0) != null) {
                        found.put(
                                session,
                                new PrunedSession(
                                        Long.parseLong(told.get(0)),
                                        Optional.ofNullable(told.get(1)).orElse("")));
                    }
                });
                return found;
            };
        });
    }

    @Override
    public Holds holds() {
        return holds;
    }

    @Override
    public Founding founding() {
        return founding;
    }

    @Override
    public int forget(Fence fence, Instant before, int most) {
        Object forgotten = forget.run(
                fence,
                EventCodec.arguments(keys.ledger(), keys.lease("retention"), keys.gone()),
                EventCodec.arguments(
                        fence.owner(),
                        Long.toString(fence.number()),
                        Long.toString(before.toEpochMilli()),
                        Integer.toString(most)));
        return Integer.parseInt(Keys.text((byte[]) forgotten));
    }
}
