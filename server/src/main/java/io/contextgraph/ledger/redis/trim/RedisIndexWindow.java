// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.search.ColdPieces;
import io.contextgraph.ledger.redis.search.EventReader;
import io.contextgraph.ledger.redis.search.SearchIndex;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.IndexStep;
import io.contextgraph.ledger.trim.IndexWindow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes events out of the index of a ledger in Redis, and brings them back.
 *
 * <p><b>Shape.</b> Documents stay where they are. Search: one with the property {@value EventCodec#COLD} is not in the index.
 * Sorted-set: the sets do not have its members.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
final class RedisIndexWindow implements IndexWindow {
    private final Redis redis;
    private final Redis operator;
    private final Keys keys;
    private final Engine engine;
    private final EventReader reader;
    private final FencedScript script;

    /**
     * @param redis may trim
     * @param operator may build a search index
     */
    RedisIndexWindow(Redis redis, Redis operator, Keys keys, Engine engine, EventReader reader, Script script) {
        this.redis = redis;
        this.operator = operator;
        this.keys = keys;
        this.engine = engine;
        this.reader = reader;
        this.script = new FencedScript(redis, script);
    }

    /** How far the index and the streams have got. */
    private record Extent(boolean prepared, Head unindexed, Head trimmed) {}

    private Extent extent() {
        List<String> fields =
                redis.call(client -> client.hmget(keys.ledger(), LedgerHeader.UNINDEXED, LedgerHeader.TRIMMED));
        return new Extent(
                fields.get(0) != null, LedgerHeader.unindexed(fields.get(0)), LedgerHeader.trimmed(fields.get(1)));
    }

    @Override
    public Head unindexed() {
        return extent().unindexed();
    }

    @Override
    public boolean isPrepared() {
        return extent().prepared();
    }

    @Override
    public void prepare() {
        Extent extent = extent();
        if (extent.trimmed().equals(Head.EMPTY)) {
            return;
        }
        if (engine != Engine.SEARCH) {
            begin();
            return;
        }
        if (!extent.prepared()) {
            build();
            begin();
        }
        // Whoever was here before may have got no further than that.
        SearchIndex index = new SearchIndex(operator, keys);
        boolean ignored = index.mend();
        if (index.hasWhole()) {
            new SearchIndex(redis, keys).dropWhole();
        }
    }

    private void build() {
        try {
            String gone = redis.call(client -> client.hget(keys.ledger(), LedgerHeader.PRUNED_EVENTS));
            new SearchIndex(operator, keys).buildWindow(reader.head().seq() - LedgerHeader.count(gone));
        } catch (LedgerException cannot) {
            if (cannot.reason() != LedgerException.Reason.UNAVAILABLE) {
                new SearchIndex(redis, keys).dropWindow();
            }
            throw cannot;
        }
    }

    private void begin() {
        long ignored = redis.call(
                client -> client.hsetnx(keys.ledger(), LedgerHeader.UNINDEXED, LedgerHeader.text(Head.EMPTY)));
    }

    @Override
    public IndexStep narrow(Fence fence, int most) {
        requireFits(most);
        Extent extent = extent();
        long from = extent.unindexed().seq();
        if (!extent.prepared()) {
            return new IndexStep(0, Head.EMPTY, false);
        }
        long trimmed = extent.trimmed().seq();
        List<RecordedEvent> events = from < trimmed
                ? reader.read(from, most).stream()
                        .filter(event -> event.seq() <= trimmed)
                        .toList()
                : List.of();
        Plan plan = plan(fence, extent);
        mark(plan, events, "mark", "take");
        keep(plan, events);
        // Behind the last one that is left there may be some that are gone.
        Head reached = events.size() < most ? extent.trimmed() : head(events.getLast());
        plan.run(reached, events.size());
        return new IndexStep(events.size(), reached, reached.seq() < trimmed);
    }

    @Override
    public IndexStep widen(Fence fence, int most) {
        requireFits(most);
        Extent extent = extent();
        long from = extent.unindexed().seq();
        List<Ref> refs = from == 0 ? List.of() : reader.refsUpTo(from, most + 1);
        List<RecordedEvent> events =
                reader.events(refs.subList(0, Math.min(most, refs.size())).reversed());
        Plan plan = plan(fence, extent);
        mark(plan, events, "unmark", "put");
        for (RecordedEvent event : events) {
            if (event.sessionSeq() == 1) {
                plan.add(keys.cold(event.event().sessionId()), "drop");
            }
        }
        Head reached = refs.size() <= most
                ? Head.EMPTY
                : head(reader.events(List.of(refs.getLast())).getFirst());
        plan.run(reached, events.size());
        return new IndexStep(events.size(), reached, reached.seq() > 0);
    }

    private static void requireFits(int most) {
        if (most < 1 || most > MAX_STEP) {
            throw new IllegalArgumentException("a step takes 1 to " + MAX_STEP + " events: " + most);
        }
    }

    private static Head head(RecordedEvent event) {
        return new Head(event.seq(), event.position());
    }

    private void mark(Plan plan, List<RecordedEvent> events, String document, String member) {
        if (engine == Engine.SEARCH) {
            events.forEach(event -> plan.add(keys.document(event.event().id()), document));
            return;
        }
        boolean scored = member.equals("put");
        Map<String, List<byte[]>> sets = new LinkedHashMap<>();
        for (RecordedEvent event : events) {
            long millis = event.event().occurredAt().toEpochMilli();
            byte[] name = new Ref(event.seq(), event.event().id(), millis).member();
            for (String set : keys.sets(event.event())) {
                List<byte[]> members = sets.computeIfAbsent(set, key -> new ArrayList<>());
                if (scored) {
                    members.add(Keys.bytes(Long.toString(millis)));
                }
                members.add(name);
            }
        }
        sets.forEach((set, members) -> plan.add(set, member, scored ? 2 : 1, members));
    }

    /** Keeps them by session: where they stand there is the same whenever it is done. */
    private void keep(Plan plan, List<RecordedEvent> events) {
        ColdPieces.of(redis, keys, events)
                .forEach((session, pieces) -> plan.add(keys.cold(session), "write", 2, pieces));
    }

    private Plan plan(Fence fence, Extent extent) {
        return new Plan(fence, extent.unindexed());
    }

    /** What one run of the script does. */
    private final class Plan {
        private final Fence fence;
        private final List<byte[]> names = new ArrayList<>();
        private final List<byte[]> arguments = new ArrayList<>();
        private final Head from;

        Plan(Fence fence, Head from) {
            this.fence = fence;
            this.from = from;
            names.addAll(EventCodec.arguments(keys.ledger(), keys.lease("retention")));
        }

        void add(String key, String what) {
            names.add(Keys.bytes(key));
            arguments.add(Keys.bytes(what));
        }

        void add(String key, String what, int parts, List<byte[]> values) {
            add(key, what);
            arguments.add(Keys.bytes(Integer.toString(values.size() / parts)));
            arguments.addAll(values);
        }

        /** @param events how many events this is over: those in between that are no part of it are gone */
        void run(Head to, int events) {
            List<byte[]> all = new ArrayList<>(EventCodec.arguments(
                    fence.owner(),
                    Long.toString(fence.number()),
                    LedgerHeader.text(from),
                    LedgerHeader.text(to),
                    Long.toString(Math.abs(to.seq() - from.seq()) - events)));
            all.addAll(arguments);
            Object ignored = script.run(fence, names, all);
        }
    }
}
