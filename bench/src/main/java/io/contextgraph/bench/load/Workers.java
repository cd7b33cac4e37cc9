// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import io.contextgraph.bench.server.Neo4jServer;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Workers of one group that feed a graph side by side, each with connections of its own as if it were another server's. */
public final class Workers implements AutoCloseable {
    /** One worker and its graph. */
    private record Pair(ProjectionWorker worker, Neo4jGraph graph) {}

    /**
     * What they have done together.
     *
     * @param events in the graph
     * @param transactions that brought them there
     * @param seconds that it took
     * @param collisions transactions that had to be done again
     */
    public record Result(long events, long transactions, double seconds, long collisions) {
        public double eventsPerSecond() {
            return events / seconds;
        }
    }

    private final List<Pair> pairs = new ArrayList<>();

    public Workers(int count, int batch, EventFeed feed, Neo4jServer neo4j) {
        ProjectionSettings settings =
                new ProjectionSettings(batch, Duration.ZERO, 5, ProjectionSettings.DEFAULT.retryAfter());
        for (int i = 1; i <= count; i++) {
            Neo4jGraph graph = neo4j.graph();
            pairs.add(new Pair(new ProjectionWorker("worker-" + i, feed, graph, settings, Clock.systemUTC()), graph));
        }
    }

    /** Works until so many events more are in the graph, or there are no more. */
    public Result run(long events) throws Exception {
        long before = projected();
        long transactions = transactions();
        long collisions = collisions();
        long begun = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(pairs.size())) {
            List<Future<Long>> running = new ArrayList<>();
            for (Pair pair : pairs) {
                running.add(threads.submit(() -> {
                    while (projected() - before < events && pair.worker().doWork() > 0) {
                        // The next batch.
                    }
                    return projected();
                }));
            }
            for (Future<Long> one : running) {
                long ignored = one.get();
            }
        }
        return new Result(
                projected() - before,
                transactions() - transactions,
                (System.nanoTime() - begun) / 1e9,
                collisions() - collisions);
    }

    private long projected() {
        return pairs.stream()
                .mapToLong(pair -> pair.worker().counters().projected())
                .sum();
    }

    private long transactions() {
        return pairs.stream()
                .mapToLong(pair -> pair.worker().counters().batches())
                .sum();
    }

    private long collisions() {
        return pairs.stream().mapToLong(pair -> pair.graph().collisions()).sum();
    }

    @Override
    public void close() {
        pairs.forEach(pair -> {
            pair.worker().close();
            pair.graph().close();
        });
    }
}
