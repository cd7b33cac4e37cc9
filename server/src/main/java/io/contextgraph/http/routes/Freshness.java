// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Position;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.ProblemException;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.GraphProgress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How new an answer of the graph must be, and how long its client waits for it.
 *
 * @param position the graph must have seen it
 * @param endNanos on the clock of {@link System#nanoTime}
 */
record Freshness(Optional<Position> position, long endNanos) {
    private static final int MIN_TIMEOUT = 100;
    private static final int MAX_TIMEOUT = 30_000;
    private static final int DEFAULT_TIMEOUT = 5000;

    private static final Parameter<Position> MIN_POSITION = Parameter.query(
            "min_position", ValueForm.POSITION, "Wait until the graph has seen this position, else 503 graph_behind");
    private static final Parameter<Integer> TIMEOUT = Parameter.query(
                    "timeout_ms", ValueForm.whole(MIN_TIMEOUT, MAX_TIMEOUT), "Longest that the answer may take")
            .otherwise(DEFAULT_TIMEOUT);

    /** What {@link #of} reads. */
    static final List<Parameter<?>> PARAMETERS = List.of(MIN_POSITION, TIMEOUT);

    static Freshness of(Parameters parameters) {
        Optional<Position> position = parameters.find(MIN_POSITION);
        int millis = parameters.get(TIMEOUT);
        return new Freshness(
                position, System.nanoTime() + Duration.ofMillis(millis).toNanos());
    }

    /** What is left of the time. */
    Duration left() {
        return Duration.ofNanos(Math.max(1_000_000, endNanos - System.nanoTime()));
    }

    /**
     * How far the graph is, once it has seen the position, if there is one.
     *
     * @throws InvalidInputException when the ledger itself does not reach so far
     * @throws ProblemException 503 with the lag when the graph has not in time
     */
    GraphProgress await(GraphLag lag) {
        GraphProgress now = lag.now();
        if (position.isEmpty()) {
            return now;
        }
        Position wanted = position.get();
        int partition = lag.of(wanted).orElseThrow(() -> unknown("is of no partition of this ledger: " + wanted));
        EventFeed.Progress there = now.partitions().get(partition);
        requireGiven(wanted, there.head().position());
        if (there.seenThrough().compareTo(wanted) < 0) {
            there = lag.partitions().get(partition).await(wanted, left());
            now = now.with(partition, there);
        }
        if (there.seenThrough().compareTo(wanted) < 0) {
            throw Thread.currentThread().isInterrupted() ? closing() : behind(now);
        }
        return now;
    }

    private static void requireGiven(Position position, Position end) {
        if (position.compareTo(end) > 0) {
            throw unknown("lies beyond the end of the ledger, " + end + ": " + position);
        }
    }

    private static InvalidInputException unknown(String why) {
        return new InvalidInputException("/min_position", "unknown_position", why);
    }

    private static ProblemException behind(GraphProgress progress) {
        return Problem.unavailable(
                        ProblemCode.GRAPH_BEHIND,
                        "The graph has not seen that position in time.",
                        Duration.ofSeconds(1))
                .with("lag_events", progress.lag())
                .with("as_of", progress.asOf())
                .raised();
    }

    private static ProblemException closing() {
        return Problem.unavailable(ProblemCode.SERVER_CLOSING, "The server is closing.", Duration.ofSeconds(5))
                .raised();
    }
}
