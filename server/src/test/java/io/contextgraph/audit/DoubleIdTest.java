// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.History;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Removal;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.ManualClock;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.projection.Projector;
import io.contextgraph.projection.Redrive;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** An event id that several partitions have taken, each with a session of its own. */
final class DoubleIdTest {
    /** In the first, second and third partition. */
    private static final List<String> SESSIONS = List.of("s0", "new", "s3");

    private final ManualClock clock = new ManualClock();
    private final AuditedLedger audited = new AuditedLedger(3, clock);
    private final InMemoryGraph graph = new InMemoryGraph();
    private final List<ProjectionWorker> workers = audited.workers(graph, 100);
    private Findings found = new Findings(10_000);

    private RecordedEvent append(long number, String session, long millis) {
        return append(number, session, millis, 0);
    }

    private RecordedEvent append(long number, String session, long millis, long parent) {
        Event event = new History()
                .add(number, session, millis, e -> e.parentId(parent == 0 ? null : id(parent)))
                .event();
        return audited.append(event);
    }

    private void work(int... partitions) {
        for (int partition : partitions) {
            while (workers.get(partition).doWork() > 0) {
                // until nothing is left
            }
        }
    }

    private Verification verify(Verifier.Depth depth) {
        found = new Findings(10_000);
        return new Verifier(audited.ledger, audited.lag(new AtomicLong()), graph)
                .verify(depth, Duration.ZERO, Watcher.NONE, found);
    }

    private Repair repair() {
        return new Repair(
                new Verifier(audited.ledger, audited.lag(new AtomicLong()), graph),
                audited.ledger.parking(),
                graph,
                graph);
    }

    private Repaired repair(Verifier.Depth depth) {
        found = new Findings(10_000);
        return repair().run(depth, Duration.ZERO, Watcher.NONE, found);
    }

    /** What the rule says: of each id that of the first partition. */
    private List<RecordedEvent> right() {
        Set<EventId> ids = new HashSet<>();
        return audited.events().stream()
                .filter(event -> ids.add(event.event().id()))
                .toList();
    }

    private void assertGraphOf(List<RecordedEvent> events) {
        InMemoryGraph reference = new InMemoryGraph();
        reference.apply(Projection.project(events));
        assertThat(everything(graph)).isEqualTo(everything(reference));
        assertThat(graph.stats()).isEqualTo(reference.stats());
    }

    private static Map<SessionId, GraphSnapshot> everything(InMemoryGraph graph) {
        Map<SessionId, GraphSnapshot> all = new HashMap<>();
        graph.sessions(Optional.empty(), 10_000).forEach(session -> all.put(session, GraphSnapshot.of(graph, session)));
        return all;
    }

    private List<ParkedEntry> parked() {
        return audited.ledger.parking().list(Optional.empty(), 1_000);
    }

    /** Number 2 in the first and in the third partition, each between two others. */
    private List<RecordedEvent> two() {
        return List.of(
                append(1, "s0", 1),
                append(2, "s0", 2, 1),
                append(3, "s0", 3),
                append(11, "s3", 1),
                append(2, "s3", 2, 11),
                append(13, "s3", 3));
    }

    @Test
    void theSecondIsParkedWithAReasonThatNamesBoth() {
        List<RecordedEvent> events = two();
        work(2, 0);

        assertThat(parked()).singleElement().satisfies(entry -> {
            assertThat(entry.position()).isEqualTo(events.get(1).position());
            assertThat(entry.failure().reason())
                    .isEqualTo("the id of an event must be in one partition, " + id(2)
                            + " is in two: the graph has that of session s3 at "
                            + events.get(4).position() + ", and not that of session s0 at "
                            + events.get(1).position());
            assertThat(entry.failure().attempts()).isEqualTo(1);
        });
        assertThat(workers.get(0).counters().parked()).isEqualTo(1);
        List<RecordedEvent> others = new ArrayList<>(events);
        others.remove(1);
        assertGraphOf(others);
        assertThat(audited.lag(new AtomicLong()).now().parked()).isEqualTo(1);
        assertThat(audited.lag(new AtomicLong()).now().lag()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void itIsNamedEachTimeWhereTheGraphHasThatOfTheRule(Verifier.Depth depth) {
        List<RecordedEvent> events = two();
        work(0, 1, 2);

        for (int time = 0; time < 2; time++) {
            Verification result = verify(depth);

            assertThat(result.verdict()).isEqualTo(Verification.Verdict.DIFFERENT);
            assertThat(found.named())
                    .containsExactly(new Difference(
                            Difference.Kind.DOUBLE_ID,
                            new SessionId("s3"),
                            id(2).toString(),
                            "the id is in session s0 at " + events.get(1).position() + ", session s3 at "
                                    + events.get(4).position() + "; the graph has that of session s0"));
            assertThat(result.sessions()).isEqualTo(2);
            Repaired repaired = repair(depth);
            assertThat(repaired.found()).isEqualTo(Map.of(Difference.Kind.DOUBLE_ID, 1L));
            assertThat(repaired.left()).isEqualTo(Map.of(Difference.Kind.DOUBLE_ID, 1L));
            assertThat(repaired.complete()).isFalse();
            assertThat(repaired.projected()).isZero();
            assertGraphOf(right());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRuleIsMadeTrueWhereTheGraphHasTheOther(Verifier.Depth depth) {
        List<RecordedEvent> events = two();
        work(2, 1, 0);

        assertThat(verify(depth).differences()).containsEntry(Difference.Kind.DOUBLE_ID, 1L);
        assertThat(found.named())
                .contains(new Difference(
                        Difference.Kind.DOUBLE_ID,
                        new SessionId("s0"),
                        id(2).toString(),
                        "the id is in session s0 at " + events.get(1).position() + ", session s3 at "
                                + events.get(4).position() + "; the graph has that of session s3"))
                .allSatisfy(difference -> assertThat(difference.session()).isEqualTo(new SessionId("s0")))
                .noneSatisfy(difference -> assertThat(difference.kind()).isEqualTo(Difference.Kind.MISSING_EVENT));
        Repaired repaired = repair(depth);

        assertThat(repaired.left()).isEqualTo(Map.of(Difference.Kind.DOUBLE_ID, 1L));
        assertThat(repaired.refused()).isEmpty();
        assertGraphOf(right());
        assertThat(verify(depth).differences()).isEqualTo(Map.of(Difference.Kind.DOUBLE_ID, 1L));
        assertThat(found.named()).extracting(Difference::session).containsExactly(new SessionId("s3"));
    }

    @Test
    void theFirstIsParkedNoMoreOnceItIsThere() {
        two();
        work(2, 0);
        ParkedId entry = parked().getFirst().id();
        Redrive redrive = new Redrive(audited.ledger.parking(), graph);
        assertThat(redrive.redrive(entry).outcome()).isEqualTo(Redrive.Outcome.REFUSED);

        assertThat(repair(Verifier.Depth.DIGEST).complete()).isFalse();

        assertThat(redrive.redrive(entry).outcome()).isEqualTo(Redrive.Outcome.PROJECTED);
        assertThat(parked()).isEmpty();
        assertGraphOf(right());
    }

    @Test
    void ofThreeTwoAreLeft() {
        for (String session : SESSIONS) {
            RecordedEvent ignored = append(7, session, 5);
        }
        work(2, 1, 0);
        assertThat(parked()).hasSize(2);

        Repaired repaired = repair(Verifier.Depth.EXACT);

        assertThat(repaired.left()).isEqualTo(Map.of(Difference.Kind.DOUBLE_ID, 2L));
        assertGraphOf(right());
        assertThat(verify(Verifier.Depth.DIGEST).differences()).isEqualTo(Map.of(Difference.Kind.DOUBLE_ID, 2L));
    }

    @ParameterizedTest
    @EnumSource
    void moreThanAStretchOfThemAreNamed(Verifier.Depth depth) {
        int count = 2 * SessionWalk.STRETCH + 200;
        for (int n = 1; n <= count; n++) {
            RecordedEvent ignored = append(n, "s0", n);
        }
        for (int n = 1; n <= count; n++) {
            RecordedEvent ignored = append(n, "s3", n);
        }
        RecordedEvent ignored = append(count + 1, "s3", count + 1);
        graph.apply(Projection.project(right()));
        audited.acknowledge();

        assertThat(verify(depth).differences()).isEqualTo(Map.of(Difference.Kind.DOUBLE_ID, (long) count));
    }

    /** A partition that has lost its end, and what it lost was sent again with another session. */
    @ParameterizedTest
    @CsvSource({"s0, s3, DIGEST", "s0, s3, EXACT", "s3, s0, DIGEST", "s3, s0, EXACT"})
    void whatALedgerHasLostIsNotDouble(String here, String there, Verifier.Depth depth) {
        List<RecordedEvent> events =
                List.of(append(1, here, 1), append(2, here, 2), append(3, here, 3), append(4, there, 1));
        RecordedEvent lost = new History().add(2, there, 2);
        int partition = audited.ledger.partitionOf(new SessionId(there)).number();
        graph.apply(Projection.project(List.of(events.get(0), events.get(2))));
        graph.apply(Projection.project(List.of(events.get(3), lost.at(new Position(9, 9, partition)))));
        audited.acknowledge();

        assertThat(verify(depth).differences())
                .containsEntry(Difference.Kind.MISSING_EVENT, 1L)
                .containsEntry(Difference.Kind.FOREIGN_EVENT, 1L)
                .doesNotContainKey(Difference.Kind.DOUBLE_ID);
        assertThat(repair(depth).complete()).isTrue();

        assertGraphOf(right());
    }

    /** What has gone can be had from the archive alone, so its node stays, whichever partition it is of. */
    @ParameterizedTest
    @EnumSource
    void theNodeOfWhatHasGoneStays(Verifier.Depth depth) {
        List<RecordedEvent> events = two();
        work(2, 0);
        List<RecordedEvent> going = events.subList(3, 5).stream()
                .map(event -> event.at(event.position().in(Position.WHOLE)))
                .toList();
        PrunedFixture.prune(audited.part(new SessionId("s3")), graph, going);
        Map<SessionId, GraphSnapshot> before = everything(graph);

        assertThat(verify(depth).differences()).isEqualTo(Map.of(Difference.Kind.DOUBLE_ID, 1L));
        assertThat(repair(depth).left()).isEqualTo(Map.of(Difference.Kind.DOUBLE_ID, 1L));

        assertThat(everything(graph)).isEqualTo(before);
    }

    @Test
    void anyOfThemInAnyOrderAreFoundAndPutRight() {
        long first = Long.getLong("contextgraph.seed", new Random().nextLong(1L << 40));
        System.out.println("DoubleIdTest: seeds from " + first + " on (-Dcontextgraph.seed=" + first + ")");
        for (long seed = first; seed < first + 100; seed++) {
            new DoubleIdTest().putRight(new Random(seed), "seed " + seed);
        }
    }

    private void putRight(Random random, String description) {
        long surplus = 0;
        for (int n = 1; n <= 20; n++) {
            List<String> sessions = new ArrayList<>(SESSIONS);
            Collections.shuffle(sessions, random);
            int times = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 1;
            for (String session : sessions.subList(0, times)) {
                long parent = 1L + random.nextInt(25);
                RecordedEvent ignored = append(n, session, random.nextInt(6), parent == n ? 0 : parent);
            }
            surplus += times - 1;
        }
        List<RecordedEvent> arriving = new ArrayList<>(audited.events());
        Collections.shuffle(arriving, random);
        new Projector(graph, Set.of()).project(arriving.subList(0, random.nextInt(arriving.size())));
        for (RecordedEvent event : audited.events()) {
            if (random.nextInt(8) == 0) {
                graph.remove(
                        event.event().sessionId(),
                        new Removal(List.of(event.event().id()), List.of(), Map.of()));
            }
        }
        audited.acknowledge();

        if (random.nextBoolean()) {
            Rebuilt rebuilt = new Rebuild(audited.ledger, graph, graph, repair(), Optional.empty(), clock)
                    .run(Rebuild.Start.RESUME, Duration.ZERO, Watcher.NONE, found);
            assertThat(rebuilt.repaired().refused()).as(description).isEmpty();
        } else {
            assertThat(repair(Verifier.Depth.DIGEST).unsettled())
                    .as(description)
                    .isZero();
        }

        assertGraphOf(right());
        for (Verifier.Depth depth : Verifier.Depth.values()) {
            assertThat(verify(depth).differences())
                    .as(description)
                    .isEqualTo(surplus == 0 ? Map.of() : Map.of(Difference.Kind.DOUBLE_ID, surplus));
        }
    }
}
