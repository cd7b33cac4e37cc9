// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/** Many events at once, and how long the graph needs for them. */
public final class Burst {
    public static final int CONNECTIONS = 8;
    public static final int BATCH = 100;

    private final AtomicReference<Last> last = new AtomicReference<>(new Last(0, Position.START, Long.MIN_VALUE));

    private Burst() {}

    /**
     * What a burst took.
     *
     * @param appendSeconds until the last answer to an append
     * @param behindSeconds from then until the graph showed the last event
     */
    public record Result(int events, double appendSeconds, double behindSeconds) {}

    /** The event with the highest position, and when the last answer came. */
    private record Last(long number, Position position, long answeredNanos) {
        static Last of(Last one, Last other) {
            Last higher = one.position().compareTo(other.position()) > 0 ? one : other;
            return new Last(higher.number(), higher.position(), Math.max(one.answeredNanos(), other.answeredNanos()));
        }
    }

    /**
     * Appends in batches as fast as they are answered, then asks for the last event as of its position.
     *
     * @param turns how many events there are, those of earlier loads included
     * @param graph counted in the end: it must have exactly so many when it says that it has the last
     */
    public static Result run(URI server, int events, AtomicLong turns, Neo4jGraph graph) throws Exception {
        Burst burst = new Burst();
        long begun = System.nanoTime();
        Load.all(CONNECTIONS, events / BATCH, BATCH, burst.steps(server), turns);
        Last last = burst.last.get();
        try (GraphView view = new GraphView(server)) {
            view.awaitSeen(last.number(), last.position().toString());
        }
        long seen = System.nanoTime();
        long there = graph.stats().events();
        if (there != turns.get()) {
            throw new IOException("the graph has " + there + " of " + turns.get() + " events");
        }
        return new Result(events, (last.answeredNanos() - begun) / 1e9, (seen - last.answeredNanos()) / 1e9);
    }

    private IntFunction<Load.Step> steps(URI server) {
        return writer -> new Posts(server) {
            @Override
            public int run(long firstTurn) throws IOException {
                LongStream numbers =
                        LongStream.range(firstTurn, firstTurn + BATCH).map(Workload::abreast);
                String answer = postBatch(numbers, BATCH);
                note(firstTurn, answer, System.nanoTime());
                return BATCH;
            }
        };
    }

    private void note(long firstTurn, String answer, long answeredNanos) {
        JsonNode highest = Json.MAPPER
                .readTree(answer)
                .required("results")
                .valueStream()
                .reduce(BinaryOperator.maxBy((a, b) -> position(a).compareTo(position(b))))
                .orElseThrow();
        long number = Workload.abreast(firstTurn + highest.required("index").intValue());
        last.accumulateAndGet(new Last(number, position(highest), answeredNanos), Last::of);
    }

    private static Position position(JsonNode result) {
        return Position.of(result.required("global_position").stringValue());
    }
}
