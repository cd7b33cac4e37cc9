// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphNode;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.History;
import io.contextgraph.graph.NodePage;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Removal;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.ManualClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Comparing and repairing when events have gone from a ledger that is one order, or lies in several partitions. */
@ParameterizedClass
@ValueSource(ints = {1, 3})
final class PrunedAuditTest {
    private static final int EVENTS = 120;

    private final ManualClock clock = new ManualClock();
    private final int partitions;
    private final AuditedLedger audited;
    private final Ledger ledger;
    private final InMemoryGraph graph = new InMemoryGraph();
    private final Findings found = new Findings(1_000);

    PrunedAuditTest(int partitions) {
        this.partitions = partitions;
        audited = new AuditedLedger(partitions, clock);
        ledger = audited.ledger;
    }

    /** What an event has that goes: decided by whoever tests. */
    private List<RecordedEvent> given(Random random, Predicate<RecordedEvent> goes) {
        History.random(random, EVENTS).events().forEach(event -> audited.append(event.event()));
        List<RecordedEvent> events = audited.events();
        take(events, goes);
        return events;
    }

    private void take(List<RecordedEvent> events, Predicate<RecordedEvent> goes) {
        graph.apply(Projection.project(events));
        audited.acknowledge();
        prune(events.stream().filter(goes).toList());
    }

    private boolean isNewest(RecordedEvent event) {
        return ledger.partitionOf(event.event().sessionId()).order().head().seq() == event.seq();
    }

    /** Each partition by itself, where positions do not name it; the newest event of each stays. */
    private void prune(List<RecordedEvent> going) {
        for (InMemoryLedger part : audited.parts()) {
            List<RecordedEvent> own = going.stream()
                    .filter(event -> audited.part(event.event().sessionId()) == part)
                    .filter(event -> !isNewest(event))
                    .map(event -> event.at(event.position().in(Position.WHOLE)))
                    .toList();
            if (!own.isEmpty()) {
                PrunedFixture.prune(part, graph, own);
            }
        }
    }

    /** Longer ago than ids are remembered. */
    private void forget() {
        for (InMemoryLedger part : audited.parts()) {
            Fence fence =
                    part.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
            int ignored = part.pruning().forget(fence, clock.instant().plus(Duration.ofDays(365)), 10_000);
            part.trimming().lease().release(fence);
        }
    }

    private Verifier verifier() {
        return verifier(graph);
    }

    private Verifier verifier(GraphAudit reader) {
        return new Verifier(ledger, audited.lag(new AtomicLong()), reader);
    }

    private Verification verify(Verifier.Depth depth) {
        return verifier().verify(depth, Duration.ZERO, Watcher.NONE, found);
    }

    private Repaired repair(Verifier.Depth depth) {
        return new Repair(verifier(), ledger.parking(), graph, graph)
                .run(depth, Duration.ZERO, Watcher.NONE, new Findings(100));
    }

    private Rebuilt rebuild() {
        Repair repair = new Repair(verifier(), ledger.parking(), graph, graph);
        return new Rebuild(ledger, graph, graph, repair, Optional.empty(), clock)
                .run(Rebuild.Start.ANEW, Duration.ZERO, Watcher.NONE, new Findings(100));
    }

    private void assertEqual(Verifier.Depth depth, long events) {
        Verification result = verify(depth);
        assertThat(found.named()).isEmpty();
        assertThat(result.equal()).isTrue();
        assertThat(result.events()).isEqualTo(events);
        assertThat(result.sessions())
                .isEqualTo(graph.sessions(Optional.empty(), 1_000).size());
    }

    private Map<SessionId, GraphSnapshot> everything() {
        Map<SessionId, GraphSnapshot> all = new HashMap<>();
        graph.sessions(Optional.empty(), 1_000).forEach(session -> all.put(session, GraphSnapshot.of(graph, session)));
        return all;
    }

    private Predicate<RecordedEvent> any(Random random) {
        return switch (random.nextInt(4)) {
            // All that may; whole sessions; with holes; the oldest.
            case 0 -> event -> true;
            case 1 -> event -> event.event().sessionId().value().startsWith("s");
            case 2 -> event -> random.nextInt(3) > 0;
            default -> event -> event.seq() <= EVENTS / 2;
        };
    }

    @ParameterizedTest
    @EnumSource
    void whatHasGoneIsNoDifference(Verifier.Depth depth) {
        for (int seed = 0; seed < 8; seed++) {
            PrunedAuditTest one = new PrunedAuditTest(partitions);
            Random random = new Random(seed);
            List<RecordedEvent> ignored = one.given(random, one.any(random));
            Map<SessionId, GraphSnapshot> before = one.everything();
            one.assertEqual(depth, EVENTS);
            one.forget();
            one.assertEqual(depth, EVENTS);
            assertThat(one.repair(depth).sessions()).isZero();
            assertThat(one.rebuild().repaired().complete()).isTrue();
            assertThat(one.everything()).isEqualTo(before);
        }
    }

    /** Without a look at single events. */
    @Test
    void sumsAreEnoughWhereTimesAreInOrder() {
        History history = new History();
        for (long n = 1; n <= 30; n++) {
            RecordedEvent ignored =
                    audited.append(history.add(n, "s" + n % 3 * 3, n).event());
        }
        take(audited.events(), event -> event.event().sessionId().value().equals("s3") || event.seq() < 15);
        Verification result = verify(Verifier.Depth.DIGEST);
        assertThat(result.equal()).isTrue();
        assertThat(result.exactly()).isZero();
        assertThat(result.events()).isEqualTo(30);
        assertThat(result.sessions()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void aLostNodeIsToldAndNothingElseGoes(Verifier.Depth depth) {
        List<RecordedEvent> events = given(new Random(1), event -> event.seq() <= 80);
        RecordedEvent lost = events.get(40);
        SessionId session = lost.event().sessionId();
        List<EventId> others = graph
                .nodes(events.stream().map(e -> e.event().id()).toList())
                .stream()
                .map(GraphNode::id)
                .filter(id -> !id.equals(lost.event().id()))
                .toList();
        graph.remove(session, new Removal(List.of(lost.event().id()), List.of(), Map.of()));

        for (boolean forgotten : new boolean[] {false, true}) {
            Findings named = new Findings(100);
            Verification result = verifier().verify(depth, Duration.ZERO, Watcher.NONE, named);
            assertThat(result.verdict()).isEqualTo(Verification.Verdict.DIFFERENT);
            assertThat(named.named())
                    .filteredOn(difference -> difference.kind() == Difference.Kind.ARCHIVED)
                    .singleElement()
                    .satisfies(difference -> assertThat(difference.session()).isEqualTo(session));
            Repaired repaired = repair(depth);
            assertThat(repaired.complete()).isFalse();
            assertThat(repaired.left()).containsEntry(Difference.Kind.ARCHIVED, 1L);
            assertThat(graph.nodes(others)).hasSize(EVENTS - 1);
            if (!forgotten) {
                forget();
            }
        }

        // As the archive has it.
        graph.apply(Projection.project(lost));
        PrunedFixture.mark(graph, List.of(lost));
        assertEqual(depth, EVENTS);
    }

    @ParameterizedTest
    @EnumSource
    void aSessionThatTheGraphHasLostWholeIsTold(Verifier.Depth depth) {
        List<RecordedEvent> events = given(new Random(2), event -> true);
        SessionId session = events.getFirst().event().sessionId();
        graph.remove(
                session,
                new Removal(
                        events.stream()
                                .filter(event -> event.event().sessionId().equals(session))
                                .map(event -> event.event().id())
                                .toList(),
                        List.of(),
                        Map.of()));

        assertThat(verify(depth).verdict()).isEqualTo(Verification.Verdict.DIFFERENT);
        assertThat(found.named())
                .filteredOn(difference -> difference.session().equals(session))
                .extracting(Difference::kind)
                .containsOnly(Difference.Kind.ARCHIVED);
    }

    /** Neither with a digest that fits nor without. */
    @Test
    void aChangedNodeIsToldAndNotPutRightByGuessing() {
        List<RecordedEvent> events = given(new Random(3), event -> event.seq() <= 80);
        RecordedEvent changed = events.get(30);
        GraphNode node = graph.nodes(List.of(changed.event().id())).getFirst();
        Map<String, Object> forged = new HashMap<>(node.properties());
        forged.put("agent_id", "somebody else");

        for (boolean fits : new boolean[] {false, true}) {
            if (fits) {
                forged.put(EventProperties.DIGEST, EventProperties.digest(EventProperties.read(forged)));
            }
            GraphAudit harmed = new ChangedGraph(graph) {
                @Override
                NodePage change(NodePage page) {
                    return new NodePage(
                            page.nodes().stream()
                                    .map(one -> one.id().equals(node.id())
                                            ? new GraphNode(one.id(), forged, one.edges())
                                            : one)
                                    .toList(),
                            page.next());
                }
            };
            Findings named = new Findings(100);
            Verifier verifier = verifier(harmed);
            Verification ignored = verifier.verify(Verifier.Depth.EXACT, Duration.ZERO, Watcher.NONE, named);
            assertThat(named.counts()).containsEntry(Difference.Kind.ARCHIVED, 1L);
            assertThat(named.counts().containsKey(Difference.Kind.PROPERTY)).isNotEqualTo(fits);
            GraphNode before = graph.nodes(List.of(node.id())).getFirst();
            Repaired repaired = new Repair(verifier, ledger.parking(), graph, graph)
                    .run(Verifier.Depth.EXACT, Duration.ZERO, Watcher.NONE, new Findings(100));
            assertThat(repaired.left()).isEqualTo(named.counts());
            assertThat(repaired.projected()).isZero();
            assertThat(graph.nodes(List.of(node.id()))).containsExactly(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsForeignGoesAndWhatIsMissingComesAcrossTheCut(Verifier.Depth depth) {
        for (int seed = 10; seed < 14; seed++) {
            PrunedAuditTest one = new PrunedAuditTest(partitions);
            one.harm(new Random(seed), depth);
        }
    }

    private void harm(Random random, Verifier.Depth depth) {
        List<RecordedEvent> events = given(random, event -> event.seq() <= 80 && random.nextInt(8) > 0);
        Map<SessionId, GraphSnapshot> right = everything();
        List<RecordedEvent> left = audited.events();
        List<RecordedEvent> gone = events.stream()
                .filter(event -> ledger.log().find(event.event().id()) instanceof Lookup.Gone)
                .toList();
        assertThat(gone.size() + left.size()).isEqualTo(EVENTS);
        // A foreign event between those that have gone, one of the ledger lost, and edges of one that has gone.
        RecordedEvent neighbour = gone.get(random.nextInt(gone.size()));
        graph.apply(Projection.project(new History()
                .add(
                        9_000,
                        neighbour.event().sessionId().value(),
                        Duration.between(History.START, neighbour.event().occurredAt())
                                .toMillis())));
        RecordedEvent lost = left.get(random.nextInt(left.size()));
        graph.remove(lost.event().sessionId(), new Removal(List.of(lost.event().id()), List.of(), Map.of()));
        GraphNode cut = Stream.generate(() -> gone.get(random.nextInt(gone.size())))
                .map(event -> graph.nodes(List.of(event.event().id())).getFirst())
                .filter(node -> !node.edges().isEmpty())
                .findFirst()
                .orElseThrow();
        graph.remove(
                new SessionId(Objects.toString(cut.properties().get("session_id"))),
                new Removal(List.of(), cut.edges(), Map.of()));
        if (random.nextBoolean()) {
            forget();
        }

        assertThat(verify(depth).verdict()).isEqualTo(Verification.Verdict.DIFFERENT);
        assertThat(found.counts())
                .containsKeys(
                        Difference.Kind.FOREIGN_EVENT, Difference.Kind.MISSING_EVENT, Difference.Kind.MISSING_EDGE)
                .doesNotContainKey(Difference.Kind.ARCHIVED);
        assertThat(repair(depth).complete()).isTrue();
        assertThat(everything()).isEqualTo(right);
    }

    /** What leaves while it is compared. */
    @ParameterizedTest
    @EnumSource
    void whatGoesMeanwhileIsNoDifference(Verifier.Depth depth) {
        List<RecordedEvent> left = given(new Random(5), event -> event.seq() <= 20).stream()
                .filter(event -> event.seq() > 20)
                .toList();
        AtomicLong next = new AtomicLong();
        Watcher pruning = (phase, done, total) -> {
            int from = (int) next.getAndAdd(5);
            if (from + 5 < left.size()) {
                prune(left.subList(from, from + 5));
            }
        };
        Verification result = verifier().verify(depth, Duration.ZERO, pruning, found);
        assertThat(next.get()).isPositive();
        assertThat(found.named()).isEmpty();
        assertThat(result.verdict()).isIn(Verification.Verdict.EQUAL, Verification.Verdict.UNSETTLED);
    }

    @Test
    void whatTheLedgerKeepsIsHeldAgainstTheGraph() {
        SessionTally tally = new SessionTally();
        History.random(new Random(1), 3).events().forEach(tally::add);
        Optional<PrunedSession> kept = Optional.of(new PrunedSession(3, tally.toString()));
        assertThat(Cut.fault(kept, tally)).isEmpty();
        assertThat(Cut.fault(Optional.empty(), new SessionTally())).isEmpty();
        assertThat(Cut.fault(kept, new SessionTally()).orElseThrow()).contains("the graph has 0");
        assertThat(Cut.fault(Optional.empty(), tally).orElseThrow()).contains("0 archived events, the graph has 3");
        assertThat(Cut.fault(Optional.of(new PrunedSession(3, "damaged")), tally)
                        .orElseThrow())
                .contains("is damaged");
        SessionTally other = new SessionTally();
        History.random(new Random(2), 3).events().forEach(other::add);
        assertThat(Cut.fault(kept, other).orElseThrow()).contains("not what they were");
    }
}
