// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.EntityId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphNode;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.GraphStats;
import io.contextgraph.graph.History;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Removal;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.graph.summary.Summarizer;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.FailingGraph;
import io.contextgraph.projection.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Repair and rebuild on the reference, where the ledger is one order and where it lies in several partitions. */
@ParameterizedClass
@ValueSource(ints = {1, 3})
final class RepairTest {
    private final ManualClock clock = new ManualClock();
    private final int partitions;
    private final AuditedLedger audited;
    private final Ledger ledger;
    private final InMemoryGraph graph = new InMemoryGraph();
    private final FailingGraph sink = new FailingGraph(graph, graph);
    private final Findings found = new Findings(100_000);
    private final List<String> heard = new ArrayList<>();
    private Watcher watcher = (phase, done, total) -> heard.add(phase.wireName() + " " + done + "/" + total);

    RepairTest(int partitions) {
        this.partitions = partitions;
        audited = new AuditedLedger(partitions, clock);
        ledger = audited.ledger;
    }

    @Test
    void aRightGraphIsLeftAlone() {
        project(append(10));
        sink.attempts.clear();

        Repaired result = repair(Verifier.Depth.DIGEST);

        assertThat(result).isEqualTo(new Repaired(audited.end(), 10, 0, 0, Map.of(), Map.of(), 0, 0, List.of()));
        assertThat(sink.attempts).isEmpty();
    }

    @Test
    void whatIsSaidOfArchivedEventsStays() {
        List<RecordedEvent> events = append(40);
        project(events);
        SessionId session = events.getFirst().event().sessionId();
        List<RecordedEvent> archived = events.stream()
                .filter(event -> event.event().sessionId().equals(session))
                .toList();
        Summarizer summarizer = new Summarizer(session, "1-40", event -> "");
        archived.forEach(summarizer::add);
        Summary summary = summarizer.summary();
        List<EventId> ids = archived.stream().map(event -> event.event().id()).toList();
        graph.apply(List.of(new GraphChange.Summarize(summary, ids)));
        List<GraphNode> marked = graph.nodes(ids);
        assertThat(marked)
                .allSatisfy(node ->
                        assertThat(EventProperties.archived(node.properties())).contains("1-40"));

        sink.attempts.clear();
        assertThat(repair(Verifier.Depth.EXACT).sessions()).isZero();
        assertThat(sink.attempts).isEmpty();
        for (boolean anew : List.of(false, true)) {
            assertThat(rebuild(anew).repaired().complete()).isTrue();
        }

        assertThat(graph.nodes(ids)).isEqualTo(marked);
        assertThat(graph.summaries(session, 10)).containsExactly(summary);
    }

    @Test
    void everythingThatIsMissingComes() {
        List<RecordedEvent> events = append(10);
        project(events.subList(0, 3));

        Repaired result = repair(Verifier.Depth.DIGEST);

        assertThat(result.complete()).isTrue();
        assertThat(result.sessions()).isEqualTo(2);
        assertThat(result.found().get(Difference.Kind.MISSING_EVENT)).isEqualTo(7);
        assertThat(found.named()).hasSize((int)
                result.found().values().stream().mapToLong(Long::longValue).sum());
        assertRight();
    }

    @Test
    void everythingThatIsForeignGoes() {
        project(append(6));
        harm(new Random(1));

        for (Verifier.Depth depth : Verifier.Depth.values()) {
            Repaired result = repair(depth);
            assertThat(result.complete()).isTrue();
            assertRight();
            Repaired again = repair(depth);
            assertThat(again.sessions()).isZero();
            assertThat(again.projected()).isZero();
            harm(new Random(2));
        }
    }

    @Test
    void aForeignEventThatOthersNameBecomesAStub() {
        History history = new History();
        RecordedEvent child = history.add(1, "s", 0, e -> e.parentId(id(50)));
        RecordedEvent ignored = audited.append(child.event());
        project(audited.events());
        graph.apply(Projection.project(new History().add(50, "unknown", 0, e -> e.parentId(id(60)))));

        assertThat(repair(Verifier.Depth.DIGEST).complete()).isTrue();

        assertThat(graph.stats()).isEqualTo(new GraphStats(1, 1, 1, 1, 0, 1, 1));
        assertRight();
    }

    @Test
    void anythingIsPutRight() {
        long first = Long.getLong("contextgraph.seed", new Random().nextLong(1L << 40));
        System.out.println("RepairTest: seeds from " + first + " on (-Dcontextgraph.seed=" + first + ")");
        for (long seed = first; seed < first + 100; seed++) {
            Random random = new Random(seed);
            RepairTest one = new RepairTest(partitions);
            for (RecordedEvent event :
                    History.random(random, 1 + random.nextInt(30)).events()) {
                RecordedEvent ignored = one.audited.append(event.event());
            }
            one.project(one.audited.events().stream()
                    .filter(event -> random.nextInt(4) > 0)
                    .toList());
            one.harm(random);

            boolean rebuilding = random.nextBoolean();
            boolean complete = rebuilding
                    ? one.rebuild(false).repaired().complete()
                    : one.repair(Verifier.Depth.DIGEST).complete();

            assertThat(complete).as("seed " + seed).isTrue();
            one.assertRight();
        }
    }

    @Test
    void whatTheGraphRefusesIsNamed() {
        append(6);
        sink.poison.add(id(3));

        Repaired result = repair(Verifier.Depth.DIGEST);

        assertThat(result.complete()).isFalse();
        assertThat(result.refused()).contains(id(3));
        assertThat(result.left().get(Difference.Kind.MISSING_EVENT)).isEqualTo(1);
        assertThat(graph.stats().events()).isEqualTo(5);
    }

    @Test
    void whatTheGraphRefusesIsTriedOnce() {
        append(6);
        sink.poison.add(id(3));

        assertThat(repair(Verifier.Depth.DIGEST).complete()).isFalse();

        assertThat(sink.attempts.stream().filter(List.of(id(3))::equals)).hasSize(1);
    }

    @Test
    void whatIsParkedGoesAlone() {
        append(6);
        sink.poison.add(id(3));
        assertThat(audited.park(id(3), new Failure("poison", clock.instant(), 5)))
                .isTrue();

        Rebuilt result = rebuild(false);

        assertThat(result.replayed()).isEqualTo(5);
        assertThat(sink.attempts).filteredOn(events -> events.contains(id(3))).containsExactly(List.of(id(3)));
    }

    @Test
    void whatIsRightUntilAnotherEventComesStays() {
        History history = new History();
        List<RecordedEvent> ledgerHas = List.of(history.add(1, "s", 1), history.add(2, "s", 2), history.add(3, "s", 3));
        project(List.of(ledgerHas.getFirst(), ledgerHas.getLast()));
        SessionId session = new SessionId("s");
        Map<EventId, GraphNode> held = new HashMap<>();
        graph.nodes(session, Optional.empty(), 10).nodes().forEach(node -> held.put(node.id(), node));
        Stretch stretch = new Stretch(
                session,
                true,
                Optional.empty(),
                Optional.empty(),
                ledgerHas,
                List.of(),
                Set.of(),
                held,
                List.of(),
                List.of(),
                List.of());
        Findings differences = new Findings(10);
        stretch.compare(differences::add);

        assertThat(differences.counts()).containsKey(Difference.Kind.FOREIGN_EDGE);
        assertThat(stretch.removal(true).isEmpty()).isTrue();
    }

    @Test
    void anEventThatComesWhileItsSessionIsRepairedStays() {
        project(append(6));
        graph.apply(Projection.project(new History().add(50, "s3", 9_999)));
        AtomicLong next = new AtomicLong(100);
        watcher = (phase, done, total) -> {
            if (phase == AuditPhase.REPAIRING && next.get() < 103) {
                RecordedEvent late = new History().add(next.incrementAndGet(), "s3", 1);
                project(List.of(audited.append(late.event())));
            }
        };

        assertThat(repair(Verifier.Depth.DIGEST).complete()).isTrue();
        assertRight();
        assertThat(GraphSnapshot.of(graph, new SessionId("s3")).events())
                .doesNotContainKey(id(50))
                .containsKey(id(101));
    }

    @Test
    void aLongSessionIsPutRightAStretchAtATime() {
        History history = new History();
        for (long n = 1; n <= 2_300; n++) {
            RecordedEvent ignored =
                    audited.append(history.add(n, "s", n * 7 % 2_300).event());
        }
        Random random = new Random(4);
        project(audited.events().stream()
                .filter(event -> random.nextInt(4) > 0 && event.seq() % 900 > 100)
                .toList());
        harm(random);
        for (int n = 10_000; n < 10_700; n++) {
            graph.apply(Projection.project(new History().add(n, "s", random.nextInt(2_300))));
        }

        assertThat(repair(Verifier.Depth.DIGEST).complete()).isTrue();

        assertRight();
    }

    @Test
    void aRebuildReplaysEverything() {
        project(append(2_500).subList(0, 100));
        harm(new Random(3));

        Rebuilt result = rebuild(false);

        assertThat(result.resumedAfter()).isEqualTo(beginning());
        assertThat(result.replayed()).isEqualTo(2_500);
        assertThat(result.repaired().complete()).isTrue();
        assertThat(heard)
                .filteredOn(said -> said.startsWith("replaying"))
                .isEqualTo(
                        partitions == 1
                                ? List.of("replaying 1000/2500", "replaying 2000/2500", "replaying 2500/2500")
                                : List.of(
                                        "replaying 1000/2500",
                                        "replaying 1250/2500",
                                        "replaying 2250/2500",
                                        "replaying 2500/2500"));
        assertRight();
    }

    @Test
    void aRebuildThatWasCancelledGoesOn() {
        append(2_500);
        watcher = (phase, done, total) -> {
            clock.advance(Duration.ofSeconds(5));
            if (done >= 2_000) {
                throw new CancellationException();
            }
        };
        assertThatThrownBy(() -> rebuild(false)).isInstanceOf(CancellationException.class);
        watcher = (phase, done, total) -> {};

        Rebuilt result = rebuild(false);
        assertThat(result.resumedAfter()).isEqualTo(partitions == 1 ? List.of(2_000L) : List.of(1_250L, 0L, 1_000L));
        assertThat(result.replayed()).isEqualTo(partitions == 1 ? 500 : 250);
        assertRight();
        assertThat(rebuild(false).resumedAfter()).isEqualTo(beginning());
    }

    @Test
    void aRebuildCanBeginAnew() {
        append(1_500);
        watcher = (phase, done, total) -> {
            throw new CancellationException();
        };
        assertThatThrownBy(() -> rebuild(false)).isInstanceOf(CancellationException.class);
        watcher = (phase, done, total) -> {};

        Rebuilt result = rebuild(true);

        assertThat(result.resumedAfter()).isEqualTo(beginning());
        assertThat(result.replayed()).isEqualTo(1_500);
    }

    @Test
    void oneRebuildsAtATimeUntilItIsGone() {
        append(10);
        Instant now = clock.instant();
        assertThat(graph.claim("other", now, now.minusSeconds(60))).isPresent();
        List<Long> half = partitions == 1 ? List.of(7L) : List.of(4L, 0L, 3L);
        assertThat(graph.move("other", half, now)).isTrue();

        assertThatThrownBy(() -> rebuild(false)).isInstanceOf(RebuildRunningException.class);
        clock.advance(Duration.ofMinutes(2));

        assertThat(rebuild(false).resumedAfter()).isEqualTo(half);
        assertThat(graph.move("other", half, now)).isFalse();
    }

    @Test
    void aPartitionThatEndsBeforeItsMarkIsReplayedWhole() {
        append(10);
        Instant now = clock.instant();
        assertThat(graph.claim("other", now, now)).isPresent();
        assertThat(graph.move("other", partitions == 1 ? List.of(11L) : List.of(4L, 1L, 3L), now))
                .isTrue();
        graph.release("other");

        Rebuilt result = rebuild(false);

        assertThat(result.resumedAfter()).isEqualTo(partitions == 1 ? List.of(0L) : List.of(4L, 0L, 3L));
        assertThat(result.replayed()).isEqualTo(partitions == 1 ? 10 : 3);
    }

    @Test
    void aMarkOfAnotherNumberOfPartitionsBeginsAnew() {
        append(10);
        Instant now = clock.instant();
        assertThat(graph.claim("other", now, now)).isPresent();
        assertThat(graph.move("other", List.of(1L, 1L), now)).isTrue();
        graph.release("other");

        assertThat(rebuild(false).resumedAfter()).isEqualTo(beginning());
    }

    private List<Long> beginning() {
        return Collections.nCopies(partitions, 0L);
    }

    @Test
    void aRebuildThatHasBeenTakenOverEnds() {
        append(10);
        Rebuild rebuild = new Rebuild(ledger, sink, graph, repair(), Optional.empty(), clock);
        Watcher thief = (phase, done, total) -> {
            clock.advance(Duration.ofMinutes(2));
            graph.claim("other", clock.instant(), clock.instant().minusSeconds(60));
        };

        assertThatThrownBy(() -> rebuild.run(Rebuild.Start.RESUME, Duration.ZERO, thief, found))
                .isInstanceOf(RebuildRunningException.class);
        assertThat(graph.move("other", beginning(), clock.instant())).isTrue();
    }

    /** Events 1 to {@code count}, in two sessions, which are in two partitions where there are several. */
    private List<RecordedEvent> append(int count) {
        History history = new History();
        for (long n = 1; n <= count; n++) {
            long parent = n - 1;
            RecordedEvent event = history.add(n, "s" + n % 2 * 3, n, e -> e.parentId(parent == 0 ? null : id(parent)));
            RecordedEvent ignored = audited.append(event.event());
        }
        return audited.events();
    }

    private void project(List<RecordedEvent> events) {
        graph.apply(Projection.project(events));
    }

    /** Adds what the ledger does not know: to known sessions, to unknown ones, and beside them. */
    private void harm(Random random) {
        History other = new History();
        for (int n = 9_000; n < 9_010; n++) {
            List<String> sessions = List.of("s", "s0", "s3", "unknown " + n);
            EventId parent = id(random.nextBoolean() ? 1 + random.nextInt(30) : 8_000 + random.nextInt(1_000));
            RecordedEvent event = other.add(
                    n,
                    sessions.get(random.nextInt(4)),
                    random.nextInt(40) * 500L + 251,
                    e -> e.parentId(parent).agentId("nobody"));
            graph.apply(Projection.project(event));
        }
        graph.apply(List.of(
                new GraphChange.Cause(id(2), id(1)),
                new GraphChange.Cause(id(2), id(9_005)),
                new GraphChange.Reference(id(2), new EntityId(EntityId.Kind.TOOL, "never used"))));
        if (ledger.log().find(id(2)).found().isEmpty()) {
            // Edges of a stub: nothing that the projection does.
            graph.remove(new SessionId("s"), new Removal(List.of(id(2)), List.of(), Map.of()));
        }
    }

    private Repair repair() {
        return new Repair(new Verifier(ledger, audited.lag(new AtomicLong()), graph), ledger.parking(), sink, graph);
    }

    private Repaired repair(Verifier.Depth depth) {
        return repair().run(depth, Duration.ZERO, watcher, found);
    }

    private Rebuilt rebuild(boolean anew) {
        return new Rebuild(ledger, sink, graph, repair(), Optional.empty(), clock)
                .run(anew ? Rebuild.Start.ANEW : Rebuild.Start.RESUME, Duration.ZERO, watcher, found);
    }

    /** The whole graph is what the reference makes of the ledger. */
    private void assertRight() {
        InMemoryGraph reference = new InMemoryGraph();
        reference.apply(Projection.project(audited.events()));
        assertThat(graph.stats()).isEqualTo(reference.stats());
        List<SessionId> sessions = reference.sessions(Optional.empty(), 1_000);
        assertThat(graph.sessions(Optional.empty(), 1_000)).isEqualTo(sessions);
        for (SessionId session : sessions) {
            GraphSnapshot right = GraphSnapshot.of(reference, session);
            assertThat(GraphSnapshot.of(graph, session)).isEqualTo(right);
        }
        assertThat(graph.strays(100)).isEmpty();
    }
}
