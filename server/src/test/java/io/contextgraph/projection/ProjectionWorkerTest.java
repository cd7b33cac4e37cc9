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
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.History;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
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
        assertThat(worker.setAside())
                .containsExactly(new SetAside(
                        ledger.read(2, 1).getFirst().position(),
                        new Failure("poison", clock.instant(), 1),
                        clock.instant().plusSeconds(1)));
    }

    @Test
    void whatIsSetAsideIsTriedAgainAloneWithGrowingPausesAndThenParked() {
        append(1, 1);
        sink.poison.add(id(1));
        ProjectionWorker worker = worker("a");
        Instant begin = clock.instant();
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
        assertThat(ledger.parking().list(Optional.empty(), 10)).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        assertThat(worker.doWork()).isEqualTo(1);

        assertThat(worker.counters()).isEqualTo(new ProjectionCounters(8, 2, 3, 0, 1, 9));
        assertThat(worker.setAside()).isEmpty();
        assertThat(sink.attempts.subList(3, 5)).containsExactly(ids(1, 1), ids(1, 1));
        assertThat(sink.checks).isEqualTo(1);
        List<ParkedEntry> parked = ledger.parking().list(Optional.empty(), 10);
        assertThat(parked).hasSize(1);
        assertThat(parked.getFirst().eventId()).contains(id(1));
        assertThat(parked.getFirst().group()).isEqualTo("projection");
        assertThat(parked.getFirst().failure()).isEqualTo(new Failure("poison", begin, 3));
        assertThat(feed.progress().pending()).isZero();
        assertThat(feed.progress().seenThroughSeq()).isEqualTo(9);
        assertThat(feed.progress().parked()).isEqualTo(1);

        clock.advance(Duration.ofDays(1));
        assertThat(worker.doWork()).isZero();
        assertThat(sink.attempts).hasSize(5);
    }

    @Test
    void aGraphThatRefusesEverythingIsInTroubleAndNothingIsParked() {
        append(1, 2);
        ProjectionWorker worker = worker("a");
        worker.doWork();
        append(3, 4);
        sink.poison.addAll(ids(1, 4));
        worker.doWork();
        clock.advance(Duration.ofSeconds(1));
        assertThat(worker.doWork()).isEqualTo(2);
        clock.advance(Duration.ofSeconds(2));

        assertThatThrownBy(worker::doWork).isInstanceOf(GraphException.class).hasMessage("poison");
        clock.advance(Duration.ofDays(1));
        assertThatThrownBy(worker::doWork).isInstanceOf(GraphException.class);

        assertThat(feed.progress().parked()).isZero();
        assertThat(feed.progress().pending()).isEqualTo(2);
        sink.poison.clear();
        clock.advance(Duration.ofMinutes(1));
        assertThat(worker.doWork()).isEqualTo(2);
        assertThat(feed.progress().lag()).isZero();
        assertGraphIsThatOfTheLedger();
    }

    @Test
    void nothingIsParkedBeforeTheGraphHasTakenAnything() {
        append(1, 1);
        sink.poison.add(id(1));
        ProjectionWorker worker = worker("a");
        for (int i = 0; i < 10; i++) {
            assertThat(worker.doWork()).isEqualTo(1);
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(worker.counters()).isEqualTo(new ProjectionCounters(0, 0, 10, 1, 0, 0));

        append(2, 2);
        // The one that is due goes first, alone.
        assertThat(worker.doWork()).isEqualTo(2);
        assertThat(worker.counters().parked()).isZero();
        clock.advance(Duration.ofMinutes(1));
        assertThat(worker.doWork()).isEqualTo(1);
        assertThat(worker.counters()).isEqualTo(new ProjectionCounters(1, 1, 12, 0, 1, 2));
    }

    @Test
    void whatIsParkedIsInTheGraphOnceItIsDrivenAgain() {
        append(1, 6);
        sink.poison.addAll(List.of(id(2), id(5)));
        ProjectionWorker worker = worker("a");
        for (int i = 0; i < 6; i++) {
            worker.doWork();
            clock.advance(Duration.ofSeconds(2));
        }
        List<ParkedEntry> parked = ledger.parking().list(Optional.empty(), 10);
        assertThat(parked).hasSize(2);
        Redrive redrive = new Redrive(ledger.parking(), sink);
        sink.poison.remove(id(2));

        assertThat(redrive.redrive(parked.get(0)))
                .isEqualTo(new Redrive.Result(
                        parked.get(0).id(), Redrive.Outcome.PROJECTED, Optional.of(parked.get(0)), ""));
        assertThat(redrive.redrive(parked.get(0).id()).outcome()).isEqualTo(Redrive.Outcome.UNKNOWN);
        assertThat(redrive.redrive(parked.get(1).id()))
                .isEqualTo(new Redrive.Result(
                        parked.get(1).id(), Redrive.Outcome.REFUSED, Optional.of(parked.get(1)), "poison"));
        assertThat(ledger.parking().list(Optional.empty(), 10)).containsExactly(parked.get(1));
        sink.away = true;
        assertThatThrownBy(() -> redrive.redrive(parked.get(1).id())).isInstanceOf(GraphException.class);
        sink.away = false;
        sink.poison.clear();
        assertThat(redrive.redrive(parked.get(1).id()).outcome()).isEqualTo(Redrive.Outcome.PROJECTED);

        assertThat(feed.progress().parked()).isZero();
        assertGraphIsThatOfTheLedger();
    }

    @Test
    void whatAnotherWorkerHasTakenOverIsNoLongerSetAside() {
        append(1, 2);
        sink.poison.add(id(1));
        ProjectionWorker worker = worker("a");
        worker.doWork();
        assertThat(worker.setAside()).hasSize(1);
        clock.advance(CLAIM_AFTER);
        assertThat(worker("b").doWork()).isEqualTo(1);

        assertThat(worker.doWork()).isZero();

        assertThat(worker.setAside()).isEmpty();
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
    void anEntryThatIsNoEventIsParkedAtOnceEvenBeforeTheGraphHasTakenAnything() {
        Position broken = new Position(77, 0);
        WithUnreadable odd = new WithUnreadable(feed, broken);
        ProjectionWorker worker = new ProjectionWorker("a", odd, sink, SETTINGS, clock);

        assertThat(worker.doWork()).isEqualTo(1);

        assertThat(worker.counters()).isEqualTo(new ProjectionCounters(0, 0, 0, 0, 1, 0));
        assertThat(odd.parked).containsExactly(new Failure("no event_id", clock.instant(), 1));
        append(1, 2);
        assertThat(worker.doWork()).isEqualTo(2);
        assertThat(worker.doWork()).isZero();
        assertGraphIsThatOfTheLedger();
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

    private static void assertGraphIsThatOf(InMemoryLedger ledger, GraphAudit graph, String description) {
        InMemoryGraph expected = new InMemoryGraph();
        expected.apply(Projection.project(
                ledger.search(EventQuery.builder().limit(1000).build()).events()));
        assertThat(whole(graph)).as(description).isEqualTo(whole(expected));
        assertThat(graph.stats()).as(description).isEqualTo(expected.stats());
    }

    private static Map<SessionId, GraphSnapshot> whole(GraphAudit graph) {
        Map<SessionId, GraphSnapshot> whole = new TreeMap<>();
        graph.sessions(Optional.empty(), 1_000)
                .forEach(session -> whole.put(session, GraphSnapshot.of(graph, session)));
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
                public boolean park(Delivery delivery, Failure failure) {
                    acknowledging();
                    return parking(delivery, failure) || inner.park(delivery, failure);
                }

                @Override
                public void close() {
                    inner.close();
                }
            };
        }

        boolean parking(Delivery delivery, Failure failure) {
            return false;
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

    /** Holds one entry that cannot be read. */
    private static final class WithUnreadable extends Odd {
        private final Position broken;
        private final List<Failure> parked = new ArrayList<>();
        private long attempts;

        WithUnreadable(EventFeed feed, Position broken) {
            super(feed);
            this.broken = broken;
        }

        @Override
        List<Delivery> polled(List<Delivery> deliveries) {
            if (!parked.isEmpty()) {
                return deliveries;
            }
            attempts++;
            List<Delivery> more = new ArrayList<>(List.of(new Delivery.Unreadable(broken, attempts, "no event_id")));
            more.addAll(deliveries);
            return more;
        }

        @Override
        boolean parking(Delivery delivery, Failure failure) {
            return delivery.position().equals(broken) && parked.add(failure);
        }
    }
}
