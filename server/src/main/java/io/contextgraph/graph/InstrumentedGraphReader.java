// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.ops.Metrics;
import io.contextgraph.tracing.Part;
import io.contextgraph.tracing.Tracing;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A graph reader that times what clients ask, each a part of the trace of the request where that is traced; {@link #summaries} and {@link
 * #stats} pass through.
 */
public final class InstrumentedGraphReader implements GraphReader {
    private final GraphReader reader;
    private final Consumer<Duration> lineage;
    private final Consumer<Duration> context;
    private final Tracing tracing;

    /** Measures {@code reader}. */
    public InstrumentedGraphReader(GraphReader reader, Metrics metrics, Tracing tracing) {
        this.tracing = tracing;
        this.reader = reader;
        this.lineage = metrics.storeTimer("graph_lineage");
        this.context = metrics.storeTimer("graph_context");
    }

    private <T> T timed(String name, Consumer<Duration> timer, Supplier<T> call) {
        long started = System.nanoTime();
        try (Part part = tracing.part(name)) {
            return told(part, call);
        } finally {
            timer.accept(Duration.ofNanos(System.nanoTime() - started));
        }
    }

    private static <T> T told(Part part, Supplier<T> call) {
        try {
            return call.get();
        } catch (GraphException failed) {
            part.failed(failed.reason().code());
            throw failed;
        }
    }

    @Override
    public Subgraph lineage(LineageQuery query) {
        return timed("graph.lineage", lineage, () -> reader.lineage(query));
    }

    @Override
    public Subgraph context(ContextQuery query) {
        return timed("graph.context", context, () -> reader.context(query));
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
