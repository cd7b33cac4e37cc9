// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.Segment;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.ExpectedSessionSeq;
import io.contextgraph.ledger.ForwardingLedger;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Founding;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A ledger whose store is lost comes back from its archive as it was, into a store that has nothing. */
public abstract class FounderContract extends LedgerContract<PartitionFixture> {
    private static final int EVENTS = 61;

    private final Partition lost = new InMemoryLedger(Clock.systemUTC());
    private final TestArchive archive = new TestArchive();
    private final List<PartitionFixture> kits = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private UUID id;

    @BeforeEach
    void append() {
        for (long n = 1; n <= EVENTS; n++) {
            Optional<Original> original = n % 5 == 0
                    ? Optional.of(new Original(
                            new Position(1000 + n, 0), n + 7, 1, Instant.ofEpochMilli(1000 + n), Optional.empty()))
                    : Optional.empty();
            String session = "session-" + n % 4;
            var ignored = lost.log()
                    .append(
                            List.of(new Append(
                                    n % 3 == 0 ? Events.full(n, session) : Events.event(n, session),
                                    ExpectedSessionSeq.ANY,
                                    original)),
                            Durability.MEMORY);
        }
        id = UUID.fromString(lost.epochs().now().identity().id().orElseThrow());
    }

    @AfterEach
    void closeArchive() {
        archive.close();
        kits.forEach(PartitionFixture::close);
    }

    /** What examining the store finds. */
    protected abstract List<String> damages();

    /** Segments that lie between each other, with what is wanted of the ledger. */
    private void archive(Predicate<RecordedEvent> wanted) {
        List<RecordedEvent> all = lost.order().read(0, EVENTS);
        for (int n = 0; n < 3; n++) {
            int part = n;
            List<RecordedEvent> some = all.stream()
                    .filter(wanted)
                    .filter(event -> (event.seq() - 1) / 25 == part)
                    .toList();
            Segment ignored = archive.write(lost, some);
        }
    }

    private Founder founder(Partition into) {
        return new Restorer(into, new Archive(archive.storage(), id, 0), "founds", Clock.systemUTC()).founder(id);
    }

    private RestoreReport run(Partition into, boolean dryRun) {
        return founder(into).run(Duration.ofDays(7), dryRun, Watcher.NONE);
    }

    private List<RecordedEvent> expected(Predicate<RecordedEvent> wanted) {
        return lost.order().read(0, EVENTS).stream().filter(wanted).toList();
    }

    private Verification.Verdict verdict(InMemoryGraph graph) {
        return new Verifier(ledger, new GraphLag(List.of(new ProjectionLag(ledger.feed("projection")))), graph)
                .verify(Verifier.Depth.EXACT, Duration.ZERO, Watcher.NONE, new Findings(10))
                .verdict();
    }

    private void project(InMemoryGraph graph) {
        try (EventFeed.Consumer consumer = ledger.feed("projection").open("one")) {
            for (var some = consumer.poll(500, Duration.ZERO);
                    !some.isEmpty();
                    some = consumer.poll(500, Duration.ZERO)) {
                some.forEach(delivery -> {
                    assertThat(delivery).isInstanceOf(Delivery.Arrived.class);
                    graph.apply(Projection.project(((Delivery.Arrived) delivery).event()));
                });
                consumer.acknowledge(
                        some.stream().map(delivery -> delivery.position()).toList());
            }
        }
    }

    /** Everything that the archive has is there as it was, and the ledger goes on behind it. */
    private void assertBack(Predicate<RecordedEvent> wanted) {
        List<RecordedEvent> events = expected(wanted);
        Head last = new Head(events.getLast().seq(), events.getLast().position());
        assertThat(all()).isEqualTo(events);
        for (RecordedEvent event : events) {
            assertThat(ledger.log().find(event.event().id()))
                    .isEqualTo(lost.log().find(event.event().id()));
        }
        assertThat(ledger.epochs().now().identity())
                .isEqualTo(
                        new LedgerIdentity(Optional.of(id.toString()), 0, 2, List.of(new LedgerIdentity.Cut(2, last))));
        assertThat(ledger.order().head()).isEqualTo(last);
        assertThat(ledger.search()
                        .search(EventQuery.builder()
                                .order(EventQuery.Order.POSITION_ASC)
                                .limit(500)
                                .build())
                        .events())
                .isEqualTo(events);
        for (int n = 0; n < 4; n++) {
            SessionId session = new SessionId("session-" + n);
            long there = events.stream()
                    .filter(event -> event.event().sessionId().equals(session))
                    .count();
            var found = ledger.sessions().find(session).orElseThrow();
            assertThat(found.eventCount() - found.prunedCount()).isEqualTo(there);
            if (events.size() == EVENTS) {
                assertThat(found).isEqualTo(lost.sessions().find(session).orElseThrow());
            }
        }
        assertThat(ledger.pruning().extent().events()).isEqualTo(last.seq() - events.size());
        assertThat(damages()).isEmpty();
        goesOn(last);
        assertThat(damages()).isEmpty();
    }

    private void goesOn(Head last) {
        InMemoryGraph graph = new InMemoryGraph();
        RecordedEvent next = appended(Events.event(1_000, "session-1"));
        assertThat(next.seq()).isEqualTo(last.seq() + 1);
        assertThat(next.position()).isGreaterThan(last.position());
        project(graph);
        assertThat(verdict(graph)).isEqualTo(Verification.Verdict.EQUAL);
        AppendOutcome again = append(expected(event -> true).getFirst().event());
        assertThat(again).isInstanceOf(AppendOutcome.Duplicate.class);
    }

    @Test
    void allOfItComesBack() {
        archive(event -> true);
        RestoreReport dry = run(ledger, true);
        assertThat(dry.restored()).isEqualTo(EVENTS);
        assertThat(ledger.epochs().now().identity()).isEqualTo(LedgerIdentity.NONE);
        RestoreReport report = run(ledger, false);
        assertThat(report.faults()).isEmpty();
        assertThat(report.restored()).isEqualTo(EVENTS);
        assertThat(run(ledger, false).there()).isEqualTo(EVENTS);
        assertBack(event -> true);
    }

    /** What was held, or the newest, is in no segment: it is lost, and said to be gone. */
    @Test
    void whatTheArchiveDoesNotHaveIsGone() {
        Predicate<RecordedEvent> wanted = event -> event.seq() <= 57 && event.seq() != 1 && event.seq() % 7 != 0;
        archive(wanted);
        assertThat(run(ledger, false).restored()).isEqualTo(expected(wanted).size());
        for (RecordedEvent event : expected(wanted.negate())) {
            assertThat(ledger.log().find(event.event().id())).isEqualTo(new Lookup.Unknown());
        }
        List<RecordedEvent> events = expected(wanted);
        assertThat(all()).isEqualTo(events);
        assertThat(ledger.pruning().extent().events()).isEqualTo(57 - events.size());
        assertThat(damages()).isEmpty();
    }

    /** Counts the calls that write, and breaks off at one, before or after it is done. */
    private static final class Breaking implements ForwardingLedger {
        private final Partition ledger;
        private int left;

        private Breaking(Partition ledger, int at) {
            this.ledger = ledger;
            this.left = at;
        }

        @Override
        public Partition ledger() {
            return ledger;
        }

        @Override
        public Pruning pruning() {
            return breaking(Pruning.class, ledger.pruning());
        }

        @Override
        public EventFeed feed(String group) {
            return ledger.feed(group);
        }

        private <T> T breaking(Class<T> port, T real) {
            return port.cast(Proxy.newProxyInstance(
                    port.getClassLoader(), new Class<?>[] {port}, (proxy, method, args) -> {
                        if (method.getName().equals("founding")) {
                            return breaking(Founding.class, ((Pruning) real).founding());
                        }
                        boolean writes =
                                List.of("found", "sessions", "begin", "restore").contains(method.getName());
                        if (writes && --left == 0) {
                            throw new Broken();
                        }
                        try {
                            Object done = method.invoke(real, args);
                            if (writes && --left == 0) {
                                throw new Broken();
                            }
                            return done;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }
    }

    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Killed anywhere, it can be begun again; until its last event is back nothing can be appended. */
    @Test
    void whoIsKilledHasLeftWhatCanBeGoneOnWith() {
        archive(event -> true);
        boolean broken = true;
        int at = 1;
        for (; broken; at++) {
            if (at > 1) {
                ledger = fresh();
                kits.add(ledger);
            }
            try {
                RestoreReport ignored = run(new Breaking(ledger, at), false);
                broken = false;
            } catch (Broken off) {
                boolean ended = ledger.order().read(EVENTS - 1, 1).size() == 1;
                boolean begun = !ledger.epochs().now().head().equals(Head.EMPTY);
                if (begun && !ended) {
                    assertThatThrownBy(() -> append(Events.event(2_000, "session-2")))
                            .isInstanceOf(LedgerException.class);
                }
                RestoreReport report = run(ledger, false);
                assertThat(report.restored() + report.there()).isEqualTo(EVENTS);
            }
            assertBack(event -> true);
        }
        assertThat(at).isGreaterThan(10);
    }

    /** A ledger that has events of its own is left alone. */
    @Test
    void anotherLedgerIsNotTouched() {
        archive(event -> true);
        RecordedEvent own = appended(Events.event(1_000, "own"));
        assertThatThrownBy(() -> run(ledger, false))
                .isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("--from " + id);
        assertThatThrownBy(() -> run(ledger, true)).isInstanceOf(WorkFailedException.class);
        assertThat(all()).containsExactly(own);
    }

    /** A segment that is not as it was written is named, and no ledger begins. */
    @Test
    void nothingBeginsFromWhatWasEdited() throws IOException {
        archive(event -> true);
        Path file = archive.file(".zst");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Path ignored = Files.write(file, bytes);
        assertThat(run(ledger, false).faults()).isNotEmpty();
        assertThat(ledger.epochs().now().identity()).isEqualTo(LedgerIdentity.NONE);
        assertThat(append(Events.event(1, "own"))).isInstanceOf(AppendOutcome.Appended.class);
    }

    @Test
    void withoutASegmentThereIsNothingToBegin() {
        assertThatThrownBy(() -> run(ledger, false))
                .isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("no segment");
    }
}
