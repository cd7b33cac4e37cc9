// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.ledger.redis.client.Ref;
import java.util.List;

/** Steps through an index in the order of a query. Belongs to one thread. */
interface Walk {
    /** The next ones, at most {@code max}; empty only at the end. */
    List<Ref> next(int max);

    /** Steps through what is at hand already. */
    static Walk over(List<Ref> refs) {
        return new Walk() {
            private int taken;

            @Override
            public List<Ref> next(int max) {
                int from = taken;
                taken = Math.min(refs.size(), from + max);
                return refs.subList(from, taken);
            }
        };
    }
}
