// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.forgetting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.audit.Findings;
import io.contextgraph.audit.PrunedFixture;
import io.contextgraph.audit.Repair;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.Forgetting;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.History;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Removal;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.PartitionScope;
import io.contextgraph.ledger.prune.Hold;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ManualClock;
import io.contextgraph.projection.ProjectionLag;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class GraphForgettingTest {
    private static final int EVENTS = 120;
    private static final Forgetting ALL = new Forgetting(EVENTS, EVENTS);

    private final ManualClock clock = new ManualClock();
    private final InMemoryLedger ledger = new InMemoryLedger(clock);
    private final EventFeed feed = ledger.feed("projection", Duration.ofSeconds(30));
    private final InMemoryGraph graph = new InMemoryGraph();

    private List<RecordedEvent> given(Random random, Predicate<RecordedEvent> goes) {
        History.random(random, EVENTS)
                .events()
                .forEach(event -> ledger.append(List.of(Append.of(event.event())), Durability.MEMORY));
        List<RecordedEvent> events = ledger.read(0, EVENTS);
        graph.apply(Projection.project(events));
        try (EventFeed.Consumer consumer = feed.open("one")) {
            consumer.acknowledge(consumer.poll(EVENTS, Duration.ZERO).stream()
                    .map(Delivery::position)
                    .toList());
        }
        PrunedFixture.prune(
                ledger,
                graph,
                events.subList(0, EVENTS - 1).stream().filter(goes).toList());
        return events;
    }

    private long forget(Forgetting wanted, Runnable between) {
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        try {
            return new GraphForgetting(
                            ledger,
                            PartitionScope.ALL,
                            ForgettingSettings.NEVER,
                            new GraphForgetting.Graph(graph, graph, graph, graph))
                    .run(fence, wanted, between);
        } finally {
            ledger.trimming().lease().release(fence);
        }
    }

    private long forget(Forgetting wanted) {
        return forget(wanted, () -> {});
    }

    private Verifier verifier() {
        return new Verifier(ledger, new GraphLag(List.of(new ProjectionLag(feed))), graph);
    }

    private Verification verify(Verifier.Depth depth, Findings found) {
        return verifier().verify(depth, Duration.ZERO, Watcher.NONE, found);
    }

    private void assertEqual() {
        for (Verifier.Depth depth : Verifier.Depth.values()) {
            Findings found = new Findings(100);
            Verification result = verify(depth, found);
            assertThat(found.named()).isEmpty();
            assertThat(found.unsettledCount()).isZero();
            assertThat(result.equal()).isTrue();
        }
    }

    private Map<SessionId, GraphSnapshot> everything() {
        Map<SessionId, GraphSnapshot> all = new HashMap<>();
        graph.sessions(Optional.empty(), 1_000).forEach(session -> all.put(session, GraphSnapshot.of(graph, session)));
        return all;
    }

    private Set<EventId> nodes(List<RecordedEvent> events) {
        return graph.nodes(events.stream().map(e -> e.event().id()).toList()).stream()
                .filter(node -> node.place().isPresent())
                .map(node -> node.id())
                .collect(Collectors.toSet());
    }

    private Set<EventId> left(List<RecordedEvent> events, Predicate<RecordedEvent> forgotten) {
        return events.stream()
                .filter(forgotten.negate())
                .map(e -> e.event().id())
                .collect(Collectors.toSet());
    }

    private Map<SessionId, List<Summary>> summaries(List<RecordedEvent> events) {
        return events.stream()
                .map(event -> event.event().sessionId())
                .distinct()
                .collect(Collectors.toMap(session -> session, session -> graph.summaries(session, 10)));
    }

    private static Predicate<RecordedEvent> some(int seed) {
        return switch (seed % 4) {
            case 0 -> event -> true;
            case 1 -> event -> event.event().sessionId().value().hashCode() % 2 == 0;
            case 2 -> event -> event.event().id().hashCode() % 3 > 0;
            default -> event -> event.seq() <= EVENTS / 2;
        };
    }

    /** Nothing of it comes back, and nothing else goes. */
    @Test
    void onlyTheSummaryIsLeftOfWhatHasGone() {
        long forgotten = 0;
        for (int seed = 0; seed < 12; seed++) {
            GraphForgettingTest one = new GraphForgettingTest();
            Predicate<RecordedEvent> goes = some(seed);
            List<RecordedEvent> events = one.given(new Random(seed), goes);
            one.assertEqual();
            Map<SessionId, List<Summary>> summaries = one.summaries(events);
            Predicate<RecordedEvent> gone =
                    event -> one.ledger.find(event.event().id()).found().isEmpty();

            long count = events.stream().filter(gone).count();
            assertThat(one.forget(ALL)).isEqualTo(count);
            forgotten += count;

            assertThat(one.nodes(events)).isEqualTo(one.left(events, gone));
            assertThat(one.summaries(events)).isEqualTo(summaries);
            one.assertEqual();
            Map<SessionId, GraphSnapshot> after = one.everything();
            assertThat(one.forget(ALL)).isZero();
            assertThat(one.forget(Forgetting.NONE)).isZero();
            assertThat(new Repair(one.verifier(), one.ledger.parking(), one.graph, one.graph)
                            .run(Verifier.Depth.EXACT, Duration.ZERO, Watcher.NONE, new Findings(10))
                            .sessions())
                    .isZero();
            assertThat(one.everything()).isEqualTo(after);
        }
        assertThat(forgotten).isGreaterThan(EVENTS);
    }

    /** First what is not important, then the rest. */
    @Test
    void whatIsImportantStaysLonger() {
        for (int seed = 0; seed < 12; seed++) {
            GraphForgettingTest one = new GraphForgettingTest();
            List<RecordedEvent> events = one.given(new Random(seed), some(seed));
            Predicate<RecordedEvent> gone =
                    event -> one.ledger.find(event.event().id()).found().isEmpty();
            Predicate<RecordedEvent> plain = gone.and(event -> !Forgetting.isImportant(event.event()));
            Predicate<RecordedEvent> older = event -> event.seq() <= EVENTS / 2;

            long ignored = one.forget(new Forgetting(0, EVENTS));
            assertThat(one.nodes(events)).isEqualTo(one.left(events, plain));
            one.assertEqual();
            ignored = one.forget(new Forgetting(EVENTS / 2, 0));
            one.assertEqual();
            // The summaries reach further: their sessions come when all that they cover is old enough.
            assertThat(one.nodes(events)).containsAll(one.left(events, plain.or(gone.and(older))));
            ignored = one.forget(ALL);
            assertThat(one.nodes(events)).isEqualTo(one.left(events, gone));
            one.assertEqual();
        }
    }

    /** Whoever looks in between sees no difference, at most that it is not settled; the next run finishes. */
    @Test
    void whoIsKilledAtAnyStepIsFollowedByAnother() {
        Set<Integer> struck = new HashSet<>();
        for (int kill = 1; kill < 40; kill++) {
            for (int seed = 0; seed < 4; seed++) {
                GraphForgettingTest one = new GraphForgettingTest();
                List<RecordedEvent> events = one.given(new Random(seed), some(seed));
                GraphForgettingTest other = new GraphForgettingTest();
                other.given(new Random(seed), some(seed));
                long ignored = other.forget(ALL);
                int[] left = {kill};
                try {
                    ignored = one.forget(ALL, () -> {
                        if (--left[0] == 0) {
                            throw new IllegalStateException("killed");
                        }
                    });
                } catch (IllegalStateException killed) {
                    struck.add(kill);
                }
                for (Verifier.Depth depth : Verifier.Depth.values()) {
                    Findings found = new Findings(10);
                    assertThat(one.verify(depth, found).differences()).isEmpty();
                    assertThat(found.named())
                            .as("killed at step %d of seed %d", kill, seed)
                            .isEmpty();
                }
                // Also where it is switched off by then.
                ignored = one.forget(Forgetting.NONE);
                one.assertEqual();
                assertThat(one.everything()).isEqualTo(other.everything());
                assertThat(one.nodes(events)).isEqualTo(other.nodes(events));
            }
        }
        assertThat(struck).hasSizeGreaterThan(5);
    }

    @Test
    void whatIsHeldIsNotForgotten() {
        List<RecordedEvent> events = given(new Random(2), event -> true);
        SessionId held = events.getFirst().event().sessionId();
        ledger.pruning().holds().put(held, new Hold("a lawsuit", "legal", Instant.EPOCH));
        Predicate<RecordedEvent> gone =
                event -> ledger.find(event.event().id()).found().isEmpty();
        long ignored = forget(ALL);
        assertThat(nodes(events))
                .isEqualTo(left(events, gone.and(e -> !e.event().sessionId().equals(held))));
        assertEqual();
        assertThat(ledger.pruning().holds().release(held)).isTrue();
        ignored = forget(Forgetting.NONE);
        assertThat(nodes(events)).isEqualTo(left(events, gone));
        assertEqual();
    }

    /** Of a session that verify would call different nothing goes: it would not be told any more. */
    @Test
    void whatTheGraphHasLostIsNotForgotten() {
        List<RecordedEvent> events = given(new Random(3), event -> true);
        RecordedEvent lost = events.get(7);
        SessionId session = lost.event().sessionId();
        graph.remove(session, new Removal(List.of(lost.event().id()), List.of(), Map.of()));
        long ignored = forget(ALL);
        assertThat(nodes(events))
                .isEqualTo(left(
                        events,
                        event -> event.equals(lost)
                                || (!event.event().sessionId().equals(session)
                                        && ledger.find(event.event().id())
                                                .found()
                                                .isEmpty())));
        Findings found = new Findings(100);
        assertThat(verify(Verifier.Depth.DIGEST, found).equal()).isFalse();
    }

    /** What is named by others is a stub that says nothing but its id. */
    @Test
    void whatOthersNameIsAStub() {
        History history = new History();
        history.add(1, "s", 0);
        history.add(2, "t", 1_000, e -> e.parentId(History.id(1)));
        history.add(3, "t", 2_000);
        history.events().forEach(event -> ledger.append(List.of(Append.of(event.event())), Durability.MEMORY));
        List<RecordedEvent> events = ledger.read(0, 3);
        graph.apply(Projection.project(events));
        try (EventFeed.Consumer consumer = feed.open("one")) {
            consumer.acknowledge(consumer.poll(3, Duration.ZERO).stream()
                    .map(Delivery::position)
                    .toList());
        }
        PrunedFixture.prune(ledger, graph, events.subList(0, 1));
        assertThat(forget(ALL)).isEqualTo(1);
        EventId id = events.getFirst().event().id();
        assertThat(graph.nodes(List.of(id)).getFirst().properties()).isEqualTo(EventProperties.stub(id.toString()));
        assertThat(graph.summaries(List.of(id)))
                .isEqualTo(Map.of(id, graph.summaries(new SessionId("s"), 10).getFirst()));
        assertThat(graph.lineage(new LineageQuery(
                                History.id(2),
                                LineageQuery.Direction.ANCESTORS,
                                5,
                                5,
                                Duration.ofSeconds(5),
                                Optional.empty()))
                        .nodes()
                        .getLast()
                        .archived())
                .isPresent();
        assertEqual();
        assertThat(graph.strays(10)).isEmpty();
    }

    @Test
    void anImportantForThatIsShorterIsRefused() {
        assertThat(new Forgetting(9, 3)).isEqualTo(new Forgetting(9, 9));
        assertThatThrownBy(() -> new Forgetting(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
