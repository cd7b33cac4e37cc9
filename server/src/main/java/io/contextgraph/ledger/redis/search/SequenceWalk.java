// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

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

    @Override
    public List<Ref> next(int max) {
        if (descending ? next < end : next > end) {
            return List.of();
        }
        long from = descending ? Math.max(end, next - max + 1) : next;
        long to = descending ? next : Math.min(end, next + max - 1);
        next = descending ? from - 1 : to + 1;
        List<Ref> refs = reader.refs(from, to);
        return descending ? refs.reversed() : refs;
    }
}
