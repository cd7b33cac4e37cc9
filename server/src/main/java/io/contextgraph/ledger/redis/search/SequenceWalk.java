// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Ref;
import java.util.List;

/** Steps through the whole ledger by number. */
final class SequenceWalk implements Walk {
    private final EventReader reader;
    private final boolean descending;
    private final long end;
    private long next;

    /**
     * @param first where to begin
     * @param end where to stop, inclusive
     */
    SequenceWalk(EventReader reader, boolean descending, long first, long end) {
        this.reader = reader;
        this.descending = descending;
        this.next = first;
        this.end = end;
    }

    /** May give more than {@code max} behind what is gone. */
    @Override
    public List<Ref> next(int max) {
        List<Ref> refs = List.of();
        int span = max;
        // What is gone leaves holes, and a wide one is passed quickly.
        while (refs.isEmpty() && !(descending ? next < end : next > end)) {
            long from = descending ? Math.max(end, next - span + 1) : next;
            long to = descending ? next : Math.min(end, next + span - 1);
            next = descending ? from - 1 : to + 1;
            refs = reader.refs(from, to);
            span = Keys.IDS_PER_PAGE;
        }
        return descending ? refs.reversed() : refs;
    }
}
