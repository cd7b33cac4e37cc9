// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import io.contextgraph.event.SessionId;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.GraphStats;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.Subgraph;
import java.util.List;
import java.util.Optional;

/** A graph reader that times what clients ask; maintenance passes through. */
public final class InstrumentedGraphReader implements GraphReader {
    private final GraphReader reader;
    private final Metrics metrics;

    /** Measures {@code reader}. */
    public InstrumentedGraphReader(GraphReader reader, Metrics metrics) {
        this.reader = reader;
        this.metrics = metrics;
    }

    @Override
    public Subgraph lineage(LineageQuery query) {
        return Timed.call(metrics, Metrics.Operation.GRAPH_LINEAGE, () -> reader.lineage(query));
    }

    @Override
    public Subgraph context(ContextQuery query) {
        return Timed.call(metrics, Metrics.Operation.GRAPH_CONTEXT, () -> reader.context(query));
    }

    @Override
    public List<SessionId> sessions(Optional<SessionId> after, int max) {
        return reader.sessions(after, max);
    }

    @Override
    public GraphStats stats() {
        return reader.stats();
    }
}
