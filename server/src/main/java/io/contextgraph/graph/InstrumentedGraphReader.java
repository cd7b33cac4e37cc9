// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.ops.Metrics;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A graph reader that times what clients ask; {@link #summaries} and {@link #stats} pass through. */
public final class InstrumentedGraphReader implements GraphReader {
    private final GraphReader reader;
    private final Consumer<Duration> lineage;
    private final Consumer<Duration> context;

    /** Measures {@code reader}. */
    public InstrumentedGraphReader(GraphReader reader, Metrics metrics) {
        this.reader = reader;
        this.lineage = metrics.storeTimer("graph_lineage");
        this.context = metrics.storeTimer("graph_context");
    }

    private static <T> T timed(Consumer<Duration> timer, Supplier<T> call) {
        long started = System.nanoTime();
        try {
            return call.get();
        } finally {
            timer.accept(Duration.ofNanos(System.nanoTime() - started));
        }
    }

    @Override
    public Subgraph lineage(LineageQuery query) {
        return timed(lineage, () -> reader.lineage(query));
    }

    @Override
    public Subgraph context(ContextQuery query) {
        return timed(context, () -> reader.context(query));
    }

    @Override
    public List<Summary> summaries(SessionId session, int max) {
        return reader.summaries(session, max);
    }

    @Override
    public Map<EventId, Summary> summaries(Collection<EventId> ids) {
        return reader.summaries(ids);
    }

    @Override
    public GraphStats stats() {
        return reader.stats();
    }
}
