// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.ExpectedSessionSeq;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.FencedException;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.testing.Events;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link Pruning} must do. */
public abstract class PruningContract extends PrunedPagesContract {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Instant NOON = Instant.parse("2030-03-20T12:00:00Z");
    private static final Hold HOLD = new Hold("a lawsuit", "legal", NOON);

    private static SessionId session(long n) {
        return new SessionId("session-" + n);
    }

    private List<RecordedEvent> given(int count, int sessions) {
        append(LongStream.rangeClosed(1, count)
                .mapToObj(n -> Events.event(n, session(n % sessions).value()))
                .toList());
        return all();
    }

    private Pruning pruning() {
        return ledger.pruning();
    }

    private Fence fence() {
        return ledger.trimming().lease().take("one", MINUTE).orElseThrow();
    }

    private static Pruning.Plan plan(String segment, List<RecordedEvent> events) {
        return new Pruning.Plan(
                segment,
                "ceiling 90d",
                SeqRun.of(events.stream().map(RecordedEvent::seq).toList()),
                true);
    }

    private static Map<SessionId, String> tallies(List<RecordedEvent> events, String tally) {
        Map<SessionId, String> tallies = new HashMap<>();
        events.forEach(event -> tallies.put(event.event().sessionId(), tally));
        return tallies;
    }

    /** Trims everything, and takes these events out. */
    private Pruned prune(String segment, List<RecordedEvent> events, long firstSeq) {
        TrimmedFixture.trim(ledger.trimming());
        Fence fence = fence();
        Pruned pruned = pruning().begin(fence, plan(segment, events));
        assertThat(pruning().step(fence, pruned, events, tallies(events, segment), firstSeq))
                .isEmpty();
        ledger.trimming().lease().release(fence);
        return pruned;
    }

    private static EventId id(RecordedEvent event) {
        return event.event().id();
    }

    private List<RecordedEvent> search(EventQuery.Builder query) {
        List<RecordedEvent> found = new ArrayList<>();
        EventQuery next = query.limit(2).build();
        while (true) {
            var page = ledger.search().search(next);
            found.addAll(page.events());
            if (page.next().isEmpty()) {
                return found;
            }
            next = next.withCursor(page.next().get());
        }
    }

    @Test
    void nothingIsGoneAtFirst() {
        assertThat(pruning().extent()).isEqualTo(Pruning.Extent.NONE);
        assertThat(pruning().last()).isEmpty();
        assertThat(pruning().find(NOON)).isEmpty();
        assertThat(pruning().sessions(Set.of(session(1)))).isEmpty();
        assertThat(pruning().holds().all()).isEmpty();
        List<RecordedEvent> events = given(2, 1);
        assertThat(pruning().extent()).isEqualTo(Pruning.Extent.NONE);
        assertThat(all()).isEqualTo(events);
    }

    /** Only whoever knows what is kept puts something else in its place. */
    @Test
    void whatIsKeptOfASessionIsReplaced() {
        List<RecordedEvent> events = given(7, 1);
        SessionId session = events.getFirst().event().sessionId();
        Pruned pruned = prune("s1", events.subList(0, 4), 5);
        PrunedSession kept = new PrunedSession(4, "s1");
        Fence fence = fence();
        assertThat(pruning().keep(fence, session, new PrunedSession(3, "s1"), "else"))
                .isFalse();
        assertThat(pruning().keep(fence, session, new PrunedSession(4, "s2"), "else"))
                .isFalse();
        assertThat(pruning().keep(fence, new SessionId("never"), kept, "else")).isFalse();
        assertThat(pruning().sessions(Set.of(session, new SessionId("never")))).isEqualTo(Map.of(session, kept));
        assertThat(pruning().keep(fence, session, kept, "else")).isTrue();
        assertThat(pruning().keep(fence, session, kept, "again")).isFalse();
        assertThat(pruning().sessions(Set.of(session))).isEqualTo(Map.of(session, new PrunedSession(4, "else")));
        assertThat(pruning().extent().events()).isEqualTo(4);
        assertThat(ledger.log().find(id(events.getFirst())))
                .isEqualTo(new Lookup.Gone(pruned.at(), "ceiling 90d", "s1"));
        ledger.trimming().lease().release(fence);
        assertThatThrownBy(() -> pruning().keep(fence, session, new PrunedSession(4, "else"), "late"))
                .isInstanceOf(FencedException.class);
        assertThat(pruning().sessions(Set.of(session))).isEqualTo(Map.of(session, new PrunedSession(4, "else")));
    }

    @Test
    void whatIsGoneIsSaidToBeGoneAndIsInNoAnswer() {
        List<RecordedEvent> events = given(7, 3);
        Pruned pruned = prune("s1", events.subList(0, 4), 5);
        assertThat(pruned.plan()).isEqualTo(plan("s1", events.subList(0, 4)));
        assertThat(pruned.plan().events()).isEqualTo(4);
        Lookup.Gone gone = new Lookup.Gone(pruned.at(), "ceiling 90d", "s1");
        for (RecordedEvent event : events.subList(0, 4)) {
            assertThat(ledger.log().find(id(event))).isEqualTo(gone);
        }
        List<RecordedEvent> left = events.subList(4, 7);
        for (RecordedEvent event : left) {
            assertThat(ledger.log().find(id(event)).found().map(RecordedEvent::seq))
                    .contains(event.seq());
        }
        assertThat(ledger.log().find(Events.id(99))).isEqualTo(new Lookup.Unknown());
        assertThat(all()).isEqualTo(left);
        assertThat(ledger.order().read(2, 2)).isEqualTo(left.subList(0, 2));
        assertThat(ledger.order().read(5, 9)).isEqualTo(left.subList(1, 3));
        assertThat(ledger.log()
                        .payloads(events.stream().map(PruningContract::id).toList()))
                .containsOnlyKeys(left.stream()
                        .filter(event ->
                                Events.event(event.seq(), "x").payload().isPresent())
                        .map(PruningContract::id)
                        .toList());
        for (EventQuery.Order order : EventQuery.Order.values()) {
            List<RecordedEvent> expected =
                    left.stream().sorted(order.comparator()).toList();
            assertThat(search(EventQuery.builder().order(order))).isEqualTo(expected);
            assertThat(search(EventQuery.builder().order(order).sessionId(session(1))))
                    .isEqualTo(expected.stream()
                            .filter(event -> event.event().sessionId().equals(session(1)))
                            .toList());
            assertThat(search(EventQuery.builder()
                            .order(order)
                            .agentId(left.getFirst().event().agentId())))
                    .isEqualTo(expected.stream()
                            .filter(event -> event.event()
                                    .agentId()
                                    .equals(left.getFirst().event().agentId()))
                            .toList());
        }
        assertThat(pruning().extent())
                .isEqualTo(new Pruning.Extent(new Head(4, events.get(3).position()), 4, 5));
        assertThat(pruning().last()).contains(pruned);
        assertThat(pruning().find(pruned.at())).contains(pruned);
        assertThat(ledger.another().log().find(id(events.getFirst()))).isEqualTo(gone);
    }

    @Test
    void whatIsGoneIsNeverAppendedAnew() {
        List<RecordedEvent> events = given(3, 1);
        Pruned pruned = prune("s1", events.subList(0, 2), 3);
        Lookup.Gone gone = new Lookup.Gone(pruned.at(), "ceiling 90d", "s1");
        Event same = Events.event(1, session(0).value());
        Event other = Events.event(2, "another");
        Event fresh = Events.event(50, "fresh");
        List<AppendOutcome> outcomes = ledger.log()
                .append(
                        List.of(
                                new Append(same, ExpectedSessionSeq.ANY),
                                new Append(fresh, ExpectedSessionSeq.ANY),
                                new Append(other, ExpectedSessionSeq.ANY)),
                        Durability.MEMORY)
                .outcomes();
        assertThat(outcomes.get(0)).isEqualTo(new AppendOutcome.Gone(same.id(), gone));
        assertThat(outcomes.get(1)).isInstanceOf(AppendOutcome.Appended.class);
        assertThat(outcomes.get(2)).isEqualTo(new AppendOutcome.Gone(other.id(), gone));
        assertThat(ledger.sessions().find(new SessionId("another"))).isEmpty();
        assertThat(ledger.order().head().seq()).isEqualTo(4);
    }

    @Test
    void aSessionGoesOnWhereItWasWhenAllOfItWasGone() {
        List<RecordedEvent> events = given(7, 3);
        SessionSummary before = ledger.sessions().find(session(1)).orElseThrow();
        List<RecordedEvent> first = events.stream()
                .filter(event -> event.event().sessionId().equals(session(1)))
                .toList();
        prune("s1", first.subList(0, 2), 2);
        assertThat(pruning().sessions(List.of(session(1), session(2))))
                .isEqualTo(Map.of(session(1), new PrunedSession(2, "s1")));
        assertThat(ledger.sessions().find(session(1))).contains(before.withPruned(2));
        assertThat(ledger.sessions().list(10, Optional.empty()).items()).contains(before.withPruned(2));
        // The newest event of the ledger is the last of this session; another one follows, so that it may go.
        RecordedEvent newest = appended(Events.event(8, "other"));
        prune("s2", first.subList(2, 3), 2);
        SessionSummary stub = ledger.sessions().find(session(1)).orElseThrow();
        assertThat(stub.eventCount()).isEqualTo(3);
        assertThat(stub.prunedCount()).isEqualTo(3);
        assertThat(stub.firstSeq()).isEqualTo(before.firstSeq());
        assertThat(stub.firstEventAt()).isEqualTo(before.firstEventAt());
        assertThat(stub.lastEventAt()).isEqualTo(before.lastEventAt());
        assertThat(stub.agents()).isEmpty();
        assertThat(pruning().sessions(List.of(session(1)))).isEqualTo(Map.of(session(1), new PrunedSession(3, "s2")));
        RecordedEvent back = appended(Events.event(9, session(1).value()));
        assertThat(back.sessionSeq()).isEqualTo(4);
        assertThat(back.seq()).isEqualTo(newest.seq() + 1);
        assertThat(search(EventQuery.builder().sessionId(session(1)))).containsExactly(back);
        assertThat(ledger.sessions().find(session(1)).orElseThrow().prunedCount())
                .isEqualTo(3);
        assertThat(ledger.sessions().find(session(1)).orElseThrow().agents())
                .containsExactly(back.event().agentId());
    }

    @Test
    void nothingOfASessionGoesThatIsHeld() {
        List<RecordedEvent> events = given(5, 2);
        TrimmedFixture.trim(ledger.trimming());
        Holds holds = pruning().holds();
        holds.put(session(1), HOLD);
        holds.put(session(0), new Hold("a", "b", NOON));
        holds.put(session(0), HOLD);
        assertThat(ledger.another().pruning().holds().all())
                .containsExactly(Map.entry(session(0), HOLD), Map.entry(session(1), HOLD));
        assertThat(holds.release(session(0))).isTrue();
        assertThat(holds.release(session(0))).isFalse();
        Fence fence = fence();
        List<RecordedEvent> both = events.subList(0, 2);
        Pruned pruned = pruning().begin(fence, plan("s1", both));
        assertThat(pruning().step(fence, pruned, both, tallies(both, ""), 3)).contains(session(1));
        assertThat(all()).isEqualTo(events);
        assertThat(pruning().extent()).isEqualTo(Pruning.Extent.NONE);
        List<RecordedEvent> free = events.subList(1, 2);
        assertThat(pruning().step(fence, pruned, free, tallies(free, ""), 1)).isEmpty();
        assertThat(holds.release(session(1))).isTrue();
        List<RecordedEvent> released = events.subList(0, 1);
        assertThat(pruning().step(fence, pruned, released, tallies(released, ""), 3))
                .isEmpty();
        assertThat(all()).isEqualTo(events.subList(2, 5));
        assertThat(pruning().extent())
                .isEqualTo(new Pruning.Extent(new Head(2, events.get(1).position()), 2, 3));
    }

    @Test
    void nothingGoesThatHasAnEntryOrIsTheNewestOrIsGone() {
        List<RecordedEvent> events = given(3, 1);
        Fence fence = fence();
        Pruned pruned = pruning().begin(fence, plan("s1", events));
        List<RecordedEvent> first = events.subList(0, 1);
        assertThatThrownBy(() -> pruning().step(fence, pruned, first, tallies(first, ""), 2))
                .isInstanceOf(RuntimeException.class);
        ledger.trimming().lease().release(fence);
        TrimmedFixture.trim(ledger.trimming());
        Fence next = fence();
        assertThatThrownBy(() -> pruning().step(next, pruned, events, tallies(events, ""), 4))
                .isInstanceOf(RuntimeException.class);
        assertThat(all()).isEqualTo(events);
        assertThat(pruning().step(next, pruned, first, tallies(first, ""), 2)).isEmpty();
        assertThatThrownBy(() -> pruning().step(next, pruned, first, tallies(first, ""), 2))
                .isInstanceOf(RuntimeException.class);
        assertThat(pruning().extent().events()).isEqualTo(1);
        assertThatThrownBy(() -> pruning().step(next, pruned, List.of(), Map.of(), 2))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whoHasLostTheLeaseTakesNothing() {
        List<RecordedEvent> events = given(3, 1);
        TrimmedFixture.trim(ledger.trimming());
        Fence old = fence();
        Pruned pruned = pruning().begin(old, plan("s1", events.subList(0, 1)));
        ledger.trimming().lease().release(old);
        List<RecordedEvent> first = events.subList(0, 1);
        assertThatThrownBy(() -> pruning().step(old, pruned, first, tallies(first, ""), 2))
                .isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> pruning().begin(old, plan("s2", first))).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> pruning().forget(old, NOON, 1)).isInstanceOf(FencedException.class);
        assertThat(all()).isEqualTo(events);
    }

    @Test
    void eachPruningHasATimeOfItsOwnAndIsGoneOnWith() {
        List<RecordedEvent> events = given(3, 1);
        Fence fence = fence();
        Pruned one = pruning().begin(fence, plan("s1", events.subList(0, 1)));
        assertThat(pruning().begin(fence, plan("s1", events.subList(0, 1)))).isEqualTo(one);
        Pruned two = pruning().begin(fence, plan("s2", events.subList(1, 2)));
        assertThat(two.at()).isAfter(one.at());
        assertThat(pruning().last()).contains(two);
        assertThat(pruning().find(one.at())).contains(one);
    }

    @Test
    void idsAreForgottenByTheTimeAtWhichTheyWent() {
        List<RecordedEvent> events = given(5, 1);
        Pruned one = prune("s1", events.subList(0, 2), 3);
        Pruned two = prune("s2", events.subList(2, 3), 4);
        Fence fence = fence();
        assertThat(pruning().forget(fence, one.at(), 9)).isZero();
        assertThat(pruning().forget(fence, two.at(), 1)).isEqualTo(1);
        assertThat(pruning().forget(fence, two.at(), 9)).isEqualTo(1);
        assertThat(ledger.log().find(id(events.get(0)))).isEqualTo(new Lookup.Unknown());
        assertThat(ledger.log().find(id(events.get(2)))).isInstanceOf(Lookup.Gone.class);
    }

    @Test
    void aGroupThatComesLateIsGivenWhatIsLeft() {
        List<RecordedEvent> events = given(6, 2);
        Pruned ignored = prune("s1", List.of(events.get(0), events.get(2), events.get(3)), 2);
        EventFeed feed = ledger.feed("late", MINUTE);
        List<RecordedEvent> given = new ArrayList<>();
        try (EventFeed.Consumer consumer = feed.open("one")) {
            List<Delivery> some = consumer.poll(9, Duration.ZERO);
            while (!some.isEmpty()) {
                some.forEach(delivery -> given.add(((Delivery.Arrived) delivery).event()));
                consumer.acknowledge(some.stream().map(Delivery::position).toList());
                some = consumer.poll(9, Duration.ZERO);
            }
        }
        assertThat(given).containsExactly(events.get(1), events.get(4), events.get(5));
        assertThat(feed.progress().lag()).isZero();
        assertThat(feed.progress().pending()).isZero();
    }

    /** What a consumer holds, and what its group has been promised of the documents, is no work any more when it has left. */
    @Test
    void nobodyIsGivenAgainWhatHasLeftMeanwhile() {
        List<RecordedEvent> events = given(12, 2);
        EventFeed feed = ledger.feed("slow", MINUTE);
        try (EventFeed.Consumer consumer = feed.open("one")) {
            assertThat(consumer.poll(2, Duration.ZERO)).hasSize(2);
            TrimmedFixture.trim(ledger.trimming());
            assertThat(consumer.poll(4, Duration.ZERO)).hasSize(4);
        }
        Pruned ignored = prune(
                "s1",
                List.of(events.get(0), events.get(2), events.get(5), events.get(6), events.get(7), events.get(8)),
                2);
        List<RecordedEvent> given = new ArrayList<>();
        try (EventFeed.Consumer consumer = feed.open("one")) {
            List<Delivery> some = consumer.poll(1, Duration.ZERO);
            while (!some.isEmpty()) {
                assertThat(some).hasOnlyElementsOfType(Delivery.Arrived.class);
                some.forEach(delivery -> given.add(((Delivery.Arrived) delivery).event()));
                consumer.acknowledge(some.stream().map(Delivery::position).toList());
                some = consumer.poll(1, Duration.ZERO);
            }
        }
        assertThat(given)
                .containsExactlyInAnyOrder(
                        events.get(1), events.get(3), events.get(4), events.get(9), events.get(10), events.get(11));
        assertThat(feed.progress().lag()).isZero();
        assertThat(feed.progress().pending()).isZero();
        assertThat(feed.progress().parked()).isZero();
    }

    /** Up to where streams were trimmed nothing may be left, or nothing behind some events. */
    @ParameterizedTest
    @ValueSource(ints = {1, 6})
    void aGroupThatComesLateGoesOnBehindWhatIsGone(int from) {
        List<RecordedEvent> events = given(12, 2);
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        TrimRule all = new TrimRule(Instant.parse("9000-01-01T00:00:00Z"), Set.of());
        assertThat(ledger.trimming().step(fence, all, 8).entries()).isEqualTo(8);
        Pruned ignored = Prunings.prune(ledger.pruning(), fence, events.subList(from - 1, 8), from == 1 ? 9 : 1);
        ledger.trimming().lease().release(fence);
        List<RecordedEvent> left = new ArrayList<>(events);
        left.removeAll(events.subList(from - 1, 8));
        EventFeed feed = ledger.feed("late", MINUTE);
        List<RecordedEvent> given = new ArrayList<>();
        try (EventFeed.Consumer consumer = feed.open("one")) {
            for (List<Delivery> some = consumer.poll(3, Duration.ZERO);
                    !some.isEmpty();
                    some = consumer.poll(3, Duration.ZERO)) {
                some.forEach(delivery -> given.add(((Delivery.Arrived) delivery).event()));
                consumer.acknowledge(some.stream().map(Delivery::position).toList());
            }
        }
        assertThat(given).isEqualTo(left);
        assertThat(feed.progress().lag()).isZero();
    }

    /** Whatever goes in whatever order, what is left is as it was. */
    @Test
    void whatIsLeftIsAsItWas() {
        RandomGenerator random = RandomGeneratorFactory.getDefault().create(20261128);
        List<RecordedEvent> events = given(60, 5);
        List<RecordedEvent> left = new ArrayList<>(events);
        for (int round = 0; round < 6; round++) {
            List<RecordedEvent> some = left.subList(0, left.size() - 1).stream()
                    .filter(event -> random.nextInt(4) == 0)
                    .toList();
            if (!some.isEmpty()) {
                left.removeAll(some);
                Pruned ignored = prune("s" + round, some, left.getFirst().seq());
                assertThat(all()).isEqualTo(left);
                for (SessionId session : List.of(session(0), session(3))) {
                    assertThat(search(EventQuery.builder().sessionId(session).order(EventQuery.Order.POSITION_DESC)))
                            .isEqualTo(left.reversed().stream()
                                    .filter(event -> event.event().sessionId().equals(session))
                                    .toList());
                }
                assertThat(pruning().extent().events()).isEqualTo(60 - left.size());
            }
        }
        Optional<RecordedEvent> missing = left.stream()
                .filter(event -> ledger.log().find(id(event)).found().isEmpty())
                .findFirst();
        assertThat(missing).isEmpty();
    }
}
