// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.History;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.projection.WorkerRunner.State;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The runner on its real thread; everything else is tested step by step. */
final class WorkerRunnerIT {
    private final Clock clock = Clock.systemUTC();
    private final InMemoryLedger ledger = new InMemoryLedger(clock);
    private final EventFeed feed = ledger.feed("projection");
    private final Outage graph = new Outage();
    private final AtomicInteger moves = new AtomicInteger();
    private final WorkerRunner runner = new WorkerRunner(
            new ProjectionWorker(
                    "a",
                    feed,
                    graph,
                    new ProjectionSettings(10, Duration.ofMillis(20), 3, Duration.ofSeconds(1)),
                    clock),
            moves::incrementAndGet,
            clock);

    @Test
    void itWaitsOutAnOutageGoesOnAndStops() throws InterruptedException {
        History history = new History();
        for (int n = 1; n <= 25; n++) {
            ledger.append(List.of(Append.of(history.add(n, "s", n).event())), Durability.MEMORY);
        }
        assertThat(runner.status().state()).isEqualTo(State.STARTING);
        assertThat(runner.status().ready()).isFalse();

        runner.start();
        // The third try begins only after the second has been counted as a failure.
        assertThat(graph.tries.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(runner.status().state()).isEqualTo(State.WAITING);
        assertThat(runner.status().error()).contains("away");
        assertThat(feed.progress().seenThroughSeq()).isZero();

        graph.away = false;
        ProjectionLag lag = new ProjectionLag(feed);
        assertThat(lag.await(25, Duration.ofSeconds(30)).seenThroughSeq()).isEqualTo(25);

        runner.close();
        assertThat(runner.status().state()).isEqualTo(State.STOPPED);
        assertThat(graph.graph.stats().events()).isEqualTo(25);
        assertThat(moves.get()).isEqualTo(3);
        assertThat(runner.worker().counters().projected()).isEqualTo(25);
    }

    @Test
    void anErrorEndsNoRunner() throws InterruptedException {
        graph.away = false;
        graph.broken = true;
        ledger.append(List.of(Append.of(new History().add(1, "s", 1).event())), Durability.MEMORY);

        runner.start();
        assertThat(graph.tries.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(runner.status().state()).isEqualTo(State.WAITING);

        graph.broken = false;
        assertThat(new ProjectionLag(feed).await(1, Duration.ofSeconds(30)).seenThroughSeq())
                .isEqualTo(1);
        runner.close();
    }

    /** A graph that is away at first. */
    private static final class Outage implements GraphSink {
        private final InMemoryGraph graph = new InMemoryGraph();
        private final CountDownLatch tries = new CountDownLatch(3);
        private volatile boolean away = true;
        private volatile boolean broken;

        @Override
        public void prepare() {
            tries.countDown();
            if (broken) {
                throw new StackOverflowError("broken");
            }
            if (away) {
                throw new GraphException(GraphException.Reason.UNAVAILABLE, "away");
            }
        }

        @Override
        public void apply(List<GraphChange> changes) {
            graph.apply(changes);
        }

        @Override
        public boolean takesAgain() {
            return graph.takesAgain();
        }
    }
}
