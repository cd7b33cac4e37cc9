// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.client.Script;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Steps through one or several sorted sets by time, ties by number, with {@code walk.lua}; several are merged.
 *
 * <p><b>Guarantees.</b> What is in a set from beginning to end is met exactly once, whatever is added meanwhile.
 */
final class TimeWalk implements Walk {
    private static final Script SCRIPT = new Script("walk.lua");

    /**
     * What part of the sets to walk.
     *
     * @param fromMillis inclusive, or {@code -inf}
     * @param toMillis exclusive, or {@code +inf}
     * @param after the last one already seen
     */
    record Range(
            boolean descending,
            String fromMillis,
            String toMillis,
            @Nullable Ref after) {}

    private final Redis redis;
    private final Range range;
    private final Comparator<Ref> order;
    private final List<Source> sources;

    TimeWalk(Redis redis, List<String> sets, Range range) {
        this.redis = redis;
        this.range = range;
        Comparator<Ref> ascending = Comparator.comparingLong(Ref::timeMillis).thenComparingLong(Ref::seq);
        this.order = range.descending() ? ascending.reversed() : ascending;
        this.sources = sets.stream().map(Source::new).toList();
    }

    @Override
    public List<Ref> next(int max) {
        if (sources.size() == 1) {
            return sources.getFirst().read(max);
        }
        PriorityQueue<Source> heads = new PriorityQueue<>((a, b) -> order.compare(a.peek(), b.peek()));
        for (Source source : sources) {
            if (source.hasMore(max)) {
                heads.add(source);
            }
        }
        List<Ref> merged = new ArrayList<>();
        while (merged.size() < max && !heads.isEmpty()) {
            Source first = heads.remove();
            merged.add(first.take());
            if (first.hasMore(max)) {
                heads.add(first);
            }
        }
        return merged;
    }

    /** One set, and what has been read of it ahead. */
    private final class Source {
        private final List<byte[]> key;
        private final Deque<Ref> ahead = new ArrayDeque<>();
        private @Nullable Ref last = range.after();
        private boolean ended;

        Source(String key) {
            this.key = List.of(Keys.bytes(key));
        }

        boolean hasMore(int max) {
            if (ahead.isEmpty() && !ended) {
                ahead.addAll(read(max));
                ended = ahead.isEmpty();
            }
            return !ahead.isEmpty();
        }

        Ref peek() {
            return ahead.getFirst();
        }

        Ref take() {
            return ahead.removeFirst();
        }

        List<Ref> read(int max) {
            Ref seen = last;
            List<byte[]> arguments = EventCodec.arguments(
                    range.descending() ? "desc" : "asc",
                    range.fromMillis(),
                    range.toMillis(),
                    seen == null ? "" : Long.toString(seen.timeMillis()),
                    seen == null ? "" : Long.toString(seen.seq()),
                    Integer.toString(max));
            List<?> reply = (List<?>) redis.run(SCRIPT, key, arguments);
            List<Ref> refs = new ArrayList<>();
            for (int i = 0; i < reply.size(); i += 2) {
                double millis = Double.parseDouble(Keys.text((byte[]) reply.get(i + 1)));
                refs.add(Ref.ofMember((byte[]) reply.get(i), (long) millis));
            }
            List<Ref> ordered = range.descending() ? refs.reversed() : refs;
            if (!ordered.isEmpty()) {
                last = ordered.getLast();
            }
            return ordered;
        }
    }
}
