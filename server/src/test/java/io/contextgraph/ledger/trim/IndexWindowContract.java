// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventQuery.Order;
import io.contextgraph.event.EventType;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.ColdFixture;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.testing.Events;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link IndexWindow} must do, and what searches make of it. */
public abstract class IndexWindowContract extends LedgerContract<PartitionFixture> {
    private static final Duration HOUR = Duration.ofHours(1);

    private IndexWindow index() {
        return ledger.trimming().index();
    }

    private Fence fence() {
        return ledger.trimming().lease().take("one", HOUR).orElseThrow();
    }

    private void cool(long seq) {
        ColdFixture.cool(ledger.trimming(), seq);
        assertThat(index().unindexed().seq()).isEqualTo(seq);
    }

    private static Head head(RecordedEvent event) {
        return new Head(event.seq(), event.position());
    }

    private List<RecordedEvent> given(int count) {
        append(LongStream.rangeClosed(1, count)
                .mapToObj(n -> Events.event(n, "session-" + n % 3))
                .toList());
        return all();
    }

    private static List<RecordedEvent> oracle(EventQuery query, List<RecordedEvent> all, long behind) {
        return all.stream()
                .filter(e -> e.seq() > behind && query.matches(e.event()))
                .sorted(query.order().comparator())
                .toList();
    }

    /** All pages, each of which leaves out the same; what is done between them must not matter. */
    private List<RecordedEvent> walk(EventQuery query, Optional<Head> leftOut, Consumer<EventPage> between) {
        List<RecordedEvent> found = new ArrayList<>();
        Optional<EventQuery> next = Optional.of(query);
        while (next.isPresent()) {
            EventPage page = ledger.search().search(next.get());
            assertThat(page.scope().leftOut()).as("%s", query).isEqualTo(leftOut);
            found.addAll(page.events());
            between.accept(page);
            next = page.next().map(query::withCursor);
        }
        return found;
    }

    private List<RecordedEvent> walk(EventQuery query, Optional<Head> leftOut) {
        return walk(query, leftOut, page -> {});
    }

    @Test
    void nothingLeavesTheIndexThatHasAnEntry() {
        List<RecordedEvent> events = given(5);
        index().prepare();
        Fence fence = fence();
        assertThat(index().narrow(fence, 9)).isEqualTo(new IndexStep(0, Head.EMPTY, false));
        assertThat(index().unindexed()).isEqualTo(Head.EMPTY);
        assertThat(walk(EventQuery.builder().build(), Optional.empty())).hasSameSizeAs(events);
    }

    @Test
    void aStepTakesTheOldestAndNoMoreThanAsked() {
        List<RecordedEvent> events = given(5);
        TrimmedFixture.trim(ledger.trimming());
        index().prepare();
        Fence fence = fence();
        assertThat(index().narrow(fence, 3)).isEqualTo(new IndexStep(3, head(events.get(2)), true));
        assertThat(index().unindexed()).isEqualTo(head(events.get(2)));
        assertThat(index().narrow(fence, 2)).isEqualTo(new IndexStep(2, head(events.get(4)), false));
        assertThat(index().narrow(fence, 2)).isEqualTo(new IndexStep(0, head(events.get(4)), false));
        assertThat(index().widen(fence, 3)).isEqualTo(new IndexStep(3, head(events.get(1)), true));
        assertThat(index().widen(fence, 2)).isEqualTo(new IndexStep(2, Head.EMPTY, false));
        assertThat(index().widen(fence, 2)).isEqualTo(new IndexStep(0, Head.EMPTY, false));
        assertThat(all()).isEqualTo(events);
        for (int wrong : List.of(0, IndexWindow.MAX_STEP + 1)) {
            assertThatThrownBy(() -> index().narrow(fence, wrong)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> index().widen(fence, wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whoeverHasLostTheLeaseChangesNothing() {
        List<RecordedEvent> events = given(5);
        cool(2);
        Fence lost = fence();
        ledger.trimming().lease().release(lost);
        Fence held = fence();
        assertThatThrownBy(() -> index().narrow(lost, 2)).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> index().widen(lost, 2)).isInstanceOf(FencedException.class);
        assertThat(index().unindexed()).isEqualTo(head(events.get(1)));
        assertThat(index().narrow(held, 1).unindexed()).isEqualTo(head(events.get(2)));
    }

    @Test
    void anAnswerByTheIndexSaysWhatItLeavesOutEvenWhereItFindsNothing() {
        List<RecordedEvent> events = given(9);
        cool(6);
        Optional<Head> cold = Optional.of(head(events.get(5)));
        for (Order order : Order.values()) {
            for (EventQuery.Builder builder : List.of(
                    EventQuery.builder().agentId("agent-1"),
                    EventQuery.builder().agentId("nobody"),
                    EventQuery.builder().agentId(""),
                    EventQuery.builder().type(new TypeFilter("nothing.*")),
                    EventQuery.builder().type(new TypeFilter("tool.*")),
                    EventQuery.builder().to(events.get(2).event().occurredAt()),
                    EventQuery.builder().parentId(Events.id(1)),
                    EventQuery.builder().minImportance(0))) {
                EventQuery query = builder.order(order).limit(2).build();
                assertThat(walk(query, cold)).as("%s", query).isEqualTo(oracle(query, events, 6));
            }
            EventQuery everything = EventQuery.builder().order(order).limit(2).build();
            assertThat(walk(everything, order.byTime() ? cold : Optional.empty()))
                    .isEqualTo(oracle(everything, events, order.byTime() ? 6 : 0));
        }
    }

    @Test
    void byIdNothingChanges() {
        List<RecordedEvent> events = given(6);
        cool(4);
        for (RecordedEvent event : events) {
            assertThat(ledger.log().find(event.event().id()).found()).contains(event);
        }
        assertThat(append(events.getFirst().event())).isInstanceOf(AppendOutcome.Duplicate.class);
        Event other = Events.builder(1, "session-1").payloadRef("other").build();
        assertThat(append(other)).isInstanceOf(AppendOutcome.Conflict.class);
        assertThat(all()).isEqualTo(events);
    }

    /** Sessions of several thousand events are kept in parts; times are in no order. */
    @Test
    void aLongSessionIsCompleteInEveryOrder() {
        Random random = new Random(42);
        List<Event> some = LongStream.rangeClosed(1, 2_300)
                .mapToObj(n -> Event.builder(
                                Events.id(n),
                                new EventType(n % 7 == 0 ? "a.b" : "a.c"),
                                Events.BASE.plusMillis(random.nextInt(900) - (n % 5 == 0 ? 40_000_000_000L : 0)),
                                new SessionId(n % 50 == 0 ? "other" : "long"))
                        .payloadRef("r")
                        .build())
                .toList();
        append(some);
        List<RecordedEvent> all = all();
        for (long seq : List.of(1L, 1_000L, 1_021L, 2_150L, 2_300L)) {
            cool(seq);
            for (Order order : Order.values()) {
                for (EventQuery.Builder builder : List.of(
                        EventQuery.builder().limit(317),
                        EventQuery.builder().limit(1000).type(new TypeFilter("a.b")),
                        EventQuery.builder()
                                .limit(90)
                                .from(Events.BASE.plusMillis(100))
                                .to(Events.BASE.plusMillis(250)))) {
                    EventQuery query = builder.sessionId(new SessionId("long"))
                            .order(order)
                            .build();
                    assertThat(walk(query, Optional.empty()).equals(oracle(query, all, 0)))
                            .as("%s %s", seq, query)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void aSessionIsCompleteWhateverLeavesTheIndexBetweenPages() {
        append(Events.mixed(120));
        List<RecordedEvent> all = all();
        long[] cold = {0};
        for (Order order : Order.values()) {
            EventQuery query = EventQuery.builder()
                    .sessionId(new SessionId("session-2"))
                    .order(order)
                    .limit(3)
                    .build();
            assertThat(walk(query, Optional.empty(), page -> {
                        cold[0] = Math.min(120, cold[0] + 4);
                        cool(cold[0]);
                    }))
                    .isEqualTo(oracle(query, all, 0));
        }
        assertThat(cold[0]).isEqualTo(120);
    }

    @Test
    void whatIsAppendedLaterIsInTheIndexAndJoinsItsSession() {
        List<RecordedEvent> before = given(6);
        cool(6);
        RecordedEvent later = appended(Events.event(7, "session-1"));
        EventQuery session =
                EventQuery.builder().sessionId(new SessionId("session-1")).build();
        assertThat(walk(session, Optional.empty()))
                .isEqualTo(oracle(session, all(), 0))
                .contains(later);
        EventQuery agent = EventQuery.builder().agentId("agent-1").build();
        assertThat(walk(agent, Optional.of(head(before.get(5))))).containsExactly(later);
        assertThat(ledger.sessions()
                        .find(new SessionId("session-1"))
                        .orElseThrow()
                        .eventCount())
                .isEqualTo(3);
    }

    @Test
    void whatComesBackIsFoundByEverythingAgainAndMayLeaveOnceMore() {
        append(Events.mixed(200));
        List<RecordedEvent> all = all();
        cool(200);
        Fence fence = fence();
        EventQuery agent = EventQuery.builder().agentId("agent-1").limit(9).build();
        EventQuery session =
                EventQuery.builder().sessionId(new SessionId("session-0")).build();
        assertThat(walk(agent, Optional.of(head(all.getLast())))).isEmpty();
        while (index().unindexed().seq() > 0) {
            IndexStep step = index().widen(fence, 70);
            Head cold = step.unindexed();
            assertThat(step.more()).isEqualTo(cold.seq() > 0);
            assertThat(walk(agent, Optional.of(cold).filter(last -> last.seq() > 0)))
                    .isEqualTo(oracle(agent, all, cold.seq()));
            assertThat(walk(session, Optional.empty())).isEqualTo(oracle(session, all, 0));
        }
        ledger.trimming().lease().release(fence);
        cool(100);
        assertThat(walk(agent, Optional.of(head(all.get(99))))).isEqualTo(oracle(agent, all, 100));
        assertThat(walk(session, Optional.empty())).isEqualTo(oracle(session, all, 0));
    }

    @Test
    void anotherProcessAnswersTheSame() {
        append(Events.mixed(60));
        List<RecordedEvent> all = all();
        PartitionFixture early = another();
        cool(30);
        for (PartitionFixture other : List.of(early, another())) {
            EventQuery query = EventQuery.builder().traceId("trace-1").build();
            assertThat(other.search().search(query).scope().leftOut()).contains(head(all.get(29)));
            assertThat(other.search().search(query).events()).isEqualTo(oracle(query, all, 30));
            EventQuery session =
                    EventQuery.builder().sessionId(new SessionId("session-3")).build();
            assertThat(other.search().search(session).events()).isEqualTo(oracle(session, all, 0));
        }
    }

    @Test
    void answersHoldWhileAnotherProcessMovesTheWindow() throws InterruptedException, ExecutionException {
        append(Events.mixed(200));
        List<RecordedEvent> all = all();
        cool(1);
        PartitionFixture other = another();
        IndexWindow window = other.trimming().index();
        Fence fence = other.trimming().lease().take("mover", HOUR).orElseThrow();
        List<Order> orders = List.of(Order.values());
        for (boolean narrows : List.of(true, false)) {
            AtomicBoolean ended = new AtomicBoolean();
            try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<?> mover = executor.submit(() -> {
                    while (narrows
                            ? window.narrow(fence, 2).more()
                            : window.widen(fence, 2).unindexed().seq() > 2) {
                        if (ended.get()) {
                            return;
                        }
                    }
                });
                try {
                    for (int round = 0; round < 8 || !mover.isDone(); round++) {
                        Order order = orders.get(round % orders.size());
                        EventQuery session = EventQuery.builder()
                                .sessionId(new SessionId("session-" + round % 3))
                                .order(order)
                                .limit(40)
                                .build();
                        assertThat(walk(session, Optional.empty())).isEqualTo(oracle(session, all, 0));
                        EventQuery agent = EventQuery.builder()
                                .agentId("agent-1")
                                .order(order)
                                .limit(1000)
                                .build();
                        EventPage page = ledger.search().search(agent);
                        long behind = page.scope().leftOut().orElseThrow().seq();
                        assertThat(page.events()).isEqualTo(oracle(agent, all, behind));
                    }
                } finally {
                    ended.set(true);
                }
                assertThat(mover.get()).isNull();
            }
        }
    }
}
