// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.ledger.redis.client.Ref;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Steps through the events of a session, whether or not the index has them.
 *
 * <p><b>Guarantees.</b> Each once and in order, whatever leaves the index or comes back meanwhile.
 *
 * <p>INVARIANT: what has left the index is read after the index: what the index did not have any more is there then.
 */
final class MergedWalk implements Walk {
    private final Walk indexed;
    private final ColdSession cold;
    private final QueryRun run;
    private final Comparator<Ref> order;
    private final Deque<Ref> ahead = new ArrayDeque<>();
    private boolean ended;
    private @Nullable Ref place;

    MergedWalk(QueryRun run, Walk indexed, ColdSession cold) {
        this.run = run;
        this.indexed = indexed;
        this.cold = cold;
        this.order = ColdSession.order(run.query().order());
        this.place = run.lastSeen().orElse(null);
    }

    @Override
    public List<Ref> next(int max) {
        if (ahead.isEmpty() && !ended) {
            ahead.addAll(indexed.next(max));
            ended = ahead.isEmpty();
        }
        List<Ref> unindexed = cold.next(place, max);
        if (!cold.isThere()) {
            run.requireNoneUnindexed(cold);
        }
        List<Ref> merged = merged(new ArrayDeque<>(unindexed), max);
        place = merged.isEmpty() ? place : merged.getLast();
        return merged;
    }

    private List<Ref> merged(Deque<Ref> others, int max) {
        List<Ref> merged = new ArrayList<>();
        boolean more = others.size() == max;
        while (merged.size() < max) {
            Ref one = ahead.peekFirst();
            Ref other = others.peekFirst();
            if ((one == null && !ended) || (other == null && more) || (one == null && other == null)) {
                break;
            }
            int compared = one == null ? 1 : other == null ? -1 : order.compare(one, other);
            if (other != null && compared >= 0) {
                merged.add(others.removeFirst());
            }
            if (one != null && compared <= 0) {
                Ref first = ahead.removeFirst();
                if (compared < 0) {
                    merged.add(first);
                }
            }
        }
        return merged;
    }
}
