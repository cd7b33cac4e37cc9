// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.History;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ProjectionWorkerTest {
    private static final ProjectionSettings SETTINGS =
            new ProjectionSettings(4, Duration.ZERO, 3, Duration.ofSeconds(1));
    private static final Duration CLAIM_AFTER = Duration.ofSeconds(30);

    private final ManualClock clock = new ManualClock();
    private final InMemoryLedger ledger = new InMemoryLedger(clock);
    private final EventFeed feed = ledger.feed("projection", CLAIM_AFTER);
    private final FailingGraph sink = new FailingGraph();

    private ProjectionWorker worker(String name) {
        return new ProjectionWorker(name, feed, sink, SETTINGS, clock);
    }

    @Test
    void aBatchIsOneTransactionAndIsAcknowledged() {
        append(1, 6);
        ProjectionWorker worker = worker("a");

        assertThat(worker.doWork()).isEqualTo(4);
        assertThat(feed.progress().seenThroughSeq()).isEqualTo(4);
        assertThat(worker.doWork()).isEqualTo(2);
        assertThat(worker.doWork()).isZero();

        assertThat(sink.attempts).containsExactly(ids(1, 4), ids(5, 6));
        assertThat(sink.prepared).isEqualTo(1);
        assertThat(feed.progress().lag()).isZero();
        assertThat(worker.counters()).isEqualTo(new ProjectionCounters(6, 2, 0, 0, 0, 6));
        assertGraphIsThatOfTheLedger();
    }

    @Test
    void nothingIsAcknowledgedWhileTheGraphIsAway() {
        append(1, 3);
        ProjectionWorker worker = worker("a");
        sink.away = true;

        assertThatThrownBy(worker::doWork).isInstanceOf(GraphException.class).hasMessage("away");
        sink.away = false;
        worker.doWork();
        append(4, 5);
        sink.away = true;
        assertThatThrownBy(worker::doWork).isInstanceOf(GraphException.class);
        assertThat(feed.progress().seenThroughSeq()).isEqualTo(3);
        assertThat(feed.progress().pending()).isEqualTo(2);

        sink.away = false;
        assertThat(worker.doWork()).isEqualTo(2);
        assertThat(worker.counters()).isEqualTo(new ProjectionCounters(5, 2, 1, 0, 0, 5));
        assertGraphIsThatOfTheLedger();
    }

    @Test
    void aWorkerThatDiedBetweenCommitAndAcknowledgementLosesAndDoublesNothing() {
        append(1, 3);
        EventFeed forgetful = new Forgetful(feed);
        ProjectionWorker dying = new ProjectionWorker("a", forgetful, sink, SETTINGS, clock);
        assertThatThrownBy(dying::doWork).isInstanceOf(LedgerException.class);
        assertThat(feed.progress().pending()).isEqualTo(3);

        assertThat(worker("a").doWork()).isEqualTo(3);

        assertThat(sink.attempts).containsExactly(ids(1, 3), ids(1, 3));
        assertThat(feed.progress().lag()).isZero();
        assertGraphIsThatOfTheLedger();
    }

    @Test
    void whatADeadWorkerHeldIsTakenOverOnceItHasBeenIdle() {
        append(1, 2);
        feed.open("dead").poll(2, Duration.ZERO);
        ProjectionWorker worker = worker("living");

        assertThat(worker.doWork()).isZero();
        clock.advance(CLAIM_AFTER);
        assertThat(worker.doWork()).isEqualTo(2);

        assertThat(feed.progress().lag()).isZero();
        assertGraphIsThatOfTheLedger();
    }

    @Test
    void aBadEventIsFoundByHalvingAndItsNeighboursGoOn() {
        append(1, 4);
        sink.poison.add(id(3));
        ProjectionWorker worker = worker("a");

        assertThat(worker.doWork()).isEqualTo(4);

        assertThat(sink.attempts).containsExactly(ids(1, 4), ids(1, 2), ids(3, 4), ids(3, 3), ids(4, 4));
        assertThat(worker.counters()).isEqualTo(new ProjectionCounters(3, 2, 3, 1, 0, 4));
        assertThat(feed.progress().pending()).isEqualTo(1);
        assertThat(feed.progress().seenThroughSeq()).isEqualTo(2);
        assertThat(worker.setAside()).hasSize(1);
        assertThat(worker.setAside().getFirst().reason()).isEqualTo("poison");
    }

    @Test
    void whatIsSetAsideIsTriedAgainAloneWithGrowingPausesAndThenLeft() {
        append(1, 1);
        sink.poison.add(id(1));
        ProjectionWorker worker = worker("a");
        worker.doWork();
        append(2, 9);

        assertThat(worker.doWork()).isEqualTo(4);
        assertThat(worker.doWork()).isEqualTo(4);
        assertThat(worker.doWork()).isZero();
        assertThat(sink.attempts).containsExactly(ids(1, 1), ids(2, 5), ids(6, 9));

        clock.advance(Duration.ofSeconds(1));
        assertThat(worker.doWork()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        assertThat(worker.doWork()).isZero();
        assertThat(worker.counters().givenUp()).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(worker.doWork()).isEqualTo(1);
        assertThat(worker.counters()).isEqualTo(new ProjectionCounters(8, 2, 3, 1, 1, 9));
        assertThat(worker.setAside().getFirst().attempts()).isEqualTo(3);

        clock.advance(Duration.ofDays(1));
        assertThat(worker.doWork()).isZero();
        assertThat(feed.progress().pending()).isEqualTo(1);
    }

    @Test
    void whatSucceedsLaterGivesTheGraphAsIfItHadNeverFailed() {
        append(1, 6);
        sink.poison.add(id(2));
        ProjectionWorker worker = worker("a");
        worker.doWork();
        worker.doWork();
        sink.poison.clear();
        clock.advance(Duration.ofSeconds(1));

        assertThat(worker.doWork()).isEqualTo(1);

        assertThat(worker.setAside()).isEmpty();
        assertThat(feed.progress().lag()).isZero();
        assertGraphIsThatOfTheLedger();
    }

    @Test
    void manyBadEventsDoNotCrowdOutTheGoodOnes() {
        append(1, 12);
        LongStream.rangeClosed(1, 10).forEach(n -> sink.poison.add(id(n)));
        ProjectionWorker worker = worker("a");

        for (int i = 0; i < 3; i++) {
            assertThat(worker.doWork()).isEqualTo(4);
        }

        assertThat(worker.counters().setAside()).isEqualTo(10);
        assertThat(worker.counters().projected()).isEqualTo(2);
        assertThat(worker.doWork()).isZero();
    }

    @Test
    void aBatchThatIsTooMuchIsHalvedButOneEventIsNeverGivenUpForTime() {
        append(1, 4);
        sink.largest = 1;
        ProjectionWorker worker = worker("a");
        assertThat(worker.doWork()).isEqualTo(4);
        assertThat(worker.setAside()).isEmpty();

        append(5, 5);
        sink.largest = 0;
        assertThatThrownBy(worker::doWork).isInstanceOf(GraphException.class).hasMessage("too much at once: 1");
        assertThat(worker.setAside()).isEmpty();
        sink.largest = 1;
        assertThat(worker.doWork()).isEqualTo(1);
        assertGraphIsThatOfTheLedger();
    }

    @Test
    void anUnreadableEntryIsLeftToAnOperator() {
        append(1, 2);
        Position broken = new Position(77, 0);
        ProjectionWorker worker = new ProjectionWorker("a", new WithUnreadable(feed, broken), sink, SETTINGS, clock);

        assertThat(worker.doWork()).isEqualTo(3);
        assertThat(worker.doWork()).isZero();

        assertThat(worker.counters()).isEqualTo(new ProjectionCounters(2, 1, 0, 1, 1, 2));
        assertThat(worker.setAside().getFirst().position()).isEqualTo(broken);
        assertThat(worker.setAside().getFirst().reason()).isEqualTo("no event_id");
    }

    @Test
    void anyNumberOfWorkersDyingAtAnyPointGiveTheGraphOfTheLedger() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            InMemoryLedger crowded = new InMemoryLedger(clock);
            EventFeed group = crowded.feed("projection", CLAIM_AFTER);
            FailingGraph target = new FailingGraph();
            List<ProjectionWorker> workers = new ArrayList<>();
            List<RecordedEvent> history =
                    History.random(random, 1 + random.nextInt(40)).events();
            int next = 0;
            for (int step = 0;
                    step < 10_000 && (next < history.size() || group.progress().lag() > 0);
                    step++) {
                if (next < history.size() && random.nextBoolean()) {
                    crowded.append(List.of(Append.of(history.get(next++).event())), Durability.MEMORY);
                }
                int who = random.nextInt(4);
                while (workers.size() <= who) {
                    workers.add(new ProjectionWorker(
                            "w" + workers.size(), new Mortal(group, random), target, SETTINGS, clock));
                }
                target.away = random.nextInt(5) == 0;
                target.largest = random.nextInt(5) == 0 ? 2 : 100;
                try {
                    workers.get(who).doWork();
                } catch (GraphException | LedgerException dead) {
                    workers.set(
                            who,
                            new ProjectionWorker(
                                    "w" + seed + "-" + step, new Mortal(group, random), target, SETTINGS, clock));
                }
                clock.advance(Duration.ofSeconds(random.nextInt(20)));
            }

            assertThat(group.progress().lag()).as("seed " + seed).isZero();
            assertGraphIsThatOf(crowded, target.graph, "seed " + seed);
        }
    }

    private void append(long from, long to) {
        History history = new History();
        for (long n = from; n <= to; n++) {
            long parent = n - 1;
            RecordedEvent event =
                    history.add(n, "s" + n % 2, 1_000 - n, e -> e.parentId(parent == 0 ? null : id(parent)));
            ledger.append(List.of(Append.of(event.event())), Durability.MEMORY);
        }
    }

    private static List<EventId> ids(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(History::id).toList();
    }

    private void assertGraphIsThatOfTheLedger() {
        assertGraphIsThatOf(ledger, sink.graph, "graph");
    }

    private static void assertGraphIsThatOf(InMemoryLedger ledger, InMemoryGraph graph, String description) {
        InMemoryGraph expected = new InMemoryGraph();
        expected.apply(Projection.project(
                ledger.search(EventQuery.builder().limit(1000).build()).events()));
        assertThat(whole(graph)).as(description).isEqualTo(whole(expected));
        assertThat(graph.stats()).as(description).isEqualTo(expected.stats());
    }

    private static Map<SessionId, GraphSnapshot> whole(InMemoryGraph graph) {
        Map<SessionId, GraphSnapshot> whole = new TreeMap<>();
        graph.sessions(Optional.empty(), 1_000).forEach(session -> whole.put(session, graph.snapshot(session)));
        return whole;
    }

    /** A feed whose consumers do more than the one they stand in for. */
    private abstract static class Odd implements EventFeed {
        private final EventFeed feed;

        Odd(EventFeed feed) {
            this.feed = feed;
        }

        @Override
        public Progress progress() {
            return feed.progress();
        }

        @Override
        public Consumer open(String name) {
            Consumer inner = feed.open(name);
            return new Consumer() {
                @Override
                public List<Delivery> poll(int max, Duration wait) {
                    return polled(inner.poll(max, wait));
                }

                @Override
                public void acknowledge(Collection<Position> positions) {
                    acknowledging();
                    inner.acknowledge(positions);
                }

                @Override
                public void close() {
                    inner.close();
                }
            };
        }

        List<Delivery> polled(List<Delivery> deliveries) {
            return deliveries;
        }

        void acknowledging() {}
    }

    /** Cannot acknowledge. */
    private static final class Forgetful extends Odd {
        Forgetful(EventFeed feed) {
            super(feed);
        }

        @Override
        void acknowledging() {
            throw new LedgerException(LedgerException.Reason.UNAVAILABLE, "away");
        }
    }

    /** Fails now and then, after a poll or before an acknowledgement. */
    private static final class Mortal extends Odd {
        private final Random random;

        Mortal(EventFeed feed, Random random) {
            super(feed);
            this.random = random;
        }

        @Override
        List<Delivery> polled(List<Delivery> deliveries) {
            acknowledging();
            return deliveries;
        }

        @Override
        void acknowledging() {
            if (random.nextInt(6) == 0) {
                throw new LedgerException(LedgerException.Reason.UNAVAILABLE, "away");
            }
        }
    }

    /** Holds one entry that cannot be read. */
    private static final class WithUnreadable extends Odd {
        private final Position broken;
        private @Nullable Long attempts;

        WithUnreadable(EventFeed feed, Position broken) {
            super(feed);
            this.broken = broken;
        }

        @Override
        List<Delivery> polled(List<Delivery> deliveries) {
            attempts = attempts == null ? 1 : attempts + 1;
            List<Delivery> more = new ArrayList<>(List.of(new Delivery.Unreadable(broken, attempts, "no event_id")));
            more.addAll(deliveries);
            return more;
        }
    }
}
