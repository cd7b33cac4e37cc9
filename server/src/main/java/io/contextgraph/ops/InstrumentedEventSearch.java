// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import io.contextgraph.event.EventQuery;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;

/** A search that times itself. */
public final class InstrumentedEventSearch implements EventSearch {
    private final EventSearch search;
    private final Metrics metrics;

    /** Measures {@code search}. */
    public InstrumentedEventSearch(EventSearch search, Metrics metrics) {
        this.search = search;
        this.metrics = metrics;
    }

    @Override
    public EventPage search(EventQuery query) {
        return Timed.call(metrics, Metrics.Operation.SEARCH, () -> search.search(query));
    }
}
