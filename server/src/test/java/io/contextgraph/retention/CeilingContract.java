// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.ArchiveWatch;
import io.contextgraph.archive.RememberingLedger;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Verifier;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.LineageTree;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import io.contextgraph.forgetting.ForgettingSettings;
import io.contextgraph.forgetting.GraphForgetting;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.Forgetting;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.partition.PartitionScope;
import io.contextgraph.ledger.prune.Hold;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StoredFile;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is older than the ceiling is in the archive or in the ledger, and nowhere else. */
abstract class CeilingContract extends CeilingBed {
    @Test
    void whatIsOldIsInTheArchiveAndGone() {
        List<RecordedEvent> events = given(47);
        graph.apply(Projection.project(events));
        finish();
        CeilingReport report = run();
        for (long n = 0; n < 4; n++) {
            SessionId session = session(n);
            assertThat(graph.summaries(session, 100).stream()
                            .mapToLong(Summary::events)
                            .sum())
                    .isEqualTo(events.subList(0, 46).stream()
                            .filter(event -> event.event().sessionId().equals(session))
                            .count());
        }
        assertThat(report.segments()).isEqualTo(3);
        assertThat(report.events()).isEqualTo(46);
        assertThat(report.held() + report.parked() + report.waiting()).isEqualTo(1);
        assertPlaced(events, event -> event.seq() == 47);
        assertThat(ledger.log().find(events.getFirst().event().id()))
                .isEqualTo(ledger.pruning()
                        .find(((Lookup.Gone) ledger.log()
                                        .find(events.getFirst().event().id()))
                                .at())
                        .map(Pruned::gone)
                        .orElseThrow());
        assertThat(run().events()).isZero();
        assertThat(archive().list().segments()).hasSize(3);
    }

    @Test
    void whatIsYoungStays() {
        List<RecordedEvent> events = given(5);
        finish();
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        Clock before = Clock.offset(Clock.systemUTC(), Duration.ofDays(89));
        assertThat(run(ceiling(storage, before), fence, () -> {}).events()).isZero();
        assertThat(all()).isEqualTo(events);
        assertThat(archive().list().segments()).isEmpty();
    }

    @Test
    void whatIsHeldOrParkedOrNotFinishedStaysUntilItIsFree() {
        List<RecordedEvent> events = given(30);
        ledger.pruning().holds().put(session(1), new Hold("a lawsuit", "legal", Instant.EPOCH));
        try (EventFeed.Consumer consumer = ledger.feed("projection").open("one")) {
            List<Delivery> some = consumer.poll(20, Duration.ZERO);
            assertThat(consumer.park(some.get(3), new Failure("bad", Instant.EPOCH, 1)))
                    .isTrue();
            some.remove(3);
            consumer.acknowledge(some.stream().map(Delivery::position).toList());
        }
        TrimmedFixture.trim(ledger.trimming());
        CeilingReport report = run();
        assertThat(report.held()).isEqualTo(5);
        assertThat(report.parked()).isEqualTo(1);
        assertThat(report.waiting()).isEqualTo(10);
        Predicate<RecordedEvent> held = event -> event.event().sessionId().equals(session(1));
        assertPlaced(events, event -> held.test(event) || event.seq() == 4 || event.seq() > 20);
        assertThat(ledger.pruning().extent().firstSeq()).isEqualTo(1);
        finish();
        assertThat(ledger.pruning().holds().release(session(1))).isTrue();
        assertThat(run().events()).isEqualTo(30 - 14 - 2);
        assertPlaced(events, event -> event.seq() == 4 || event.seq() == 30);
        assertThat(ledger.pruning().extent().firstSeq()).isEqualTo(4);
    }

    /** A hold that comes when the segment has been written. */
    @Test
    void whatIsHeldMeanwhileStays() {
        List<RecordedEvent> events = given(12);
        finish();
        int[] steps = {0};
        CeilingReport report = run(storage, () -> {
            if (++steps[0] == 2) {
                ledger.pruning().holds().put(session(2), new Hold("a lawsuit", "legal", Instant.EPOCH));
            }
        });
        Predicate<RecordedEvent> held = event -> event.event().sessionId().equals(session(2));
        assertThat(report.events()).isEqualTo(8);
        assertPlaced(events, event -> held.test(event) || event.seq() == 12);
        assertThat(ledger.pruning().holds().release(session(2))).isTrue();
        // What was begun is ended by the next run: the archive has these already.
        assertThat(run().events()).isEqualTo(3);
        assertPlaced(events, event -> event.seq() == 12);
    }

    /** What a group has set aside since its segment was written, by somebody who was killed then. */
    @Test
    void whatIsParkedBehindTheDeadStays() {
        List<RecordedEvent> events = given(12);
        finish();
        assertThatThrownBy(() -> run(storage, () -> {
                    // When it has been written, and before anything has left.
                    if (!archive().list().segments().isEmpty()) {
                        throw new Broken();
                    }
                }))
                .isInstanceOf(Broken.class);
        assertThat(archive().list().segments()).hasSize(1);
        assertThat(all()).isEqualTo(events);
        try (EventFeed.Consumer consumer = ledger.feed("mirror").open("one")) {
            List<Delivery> some = consumer.poll(5, Duration.ZERO);
            assertThat(consumer.park(some.get(4), new Failure("bad", Instant.EPOCH, 1)))
                    .isTrue();
        }
        assertThat(run().events()).isEqualTo(10);
        assertPlaced(events, event -> event.seq() == 5 || event.seq() == 12);
        assertThat(run().parked()).isEqualTo(1);
        assertThat(ledger.parking()
                        .release(ledger.parking()
                                .list(Optional.empty(), 10)
                                .getFirst()
                                .id()))
                .isTrue();
        assertThat(run().events()).isEqualTo(1);
        assertPlaced(events, event -> event.seq() == 12);
        assertThat(archive().list().segments()).hasSize(1);
    }

    @Test
    void theGraphComesBackFromArchiveAndLedger() {
        List<RecordedEvent> events = given(30);
        graph.apply(Projection.project(events));
        finish();
        ledger.pruning().holds().put(session(1), new Hold("a lawsuit", "legal", Instant.EPOCH));
        assertThat(run().events()).isPositive();

        InMemoryGraph empty = new InMemoryGraph();
        replay(empty);
        empty.apply(Projection.project(all()));

        for (long n = 0; n < 4; n++) {
            assertThat(GraphSnapshot.of(empty, session(n))).isEqualTo(GraphSnapshot.of(graph, session(n)));
            assertThat(empty.summaries(session(n), 100)).isEqualTo(graph.summaries(session(n), 100));
        }
        assertThat(empty.nodes(List.of(events.get(1).event().id())))
                .singleElement()
                .satisfies(node ->
                        assertThat(EventProperties.archived(node.properties())).isPresent());
    }

    private void replay(InMemoryGraph into) {
        new ArchiveReplay(
                        archive(),
                        ledger,
                        PartitionScope.ALL,
                        into,
                        event -> event.type().value())
                .run(page -> into.apply(Projection.project(page)), Watcher.NONE);
    }

    /** What the graph has forgotten does not come back from the archive, either; what it has not, does. */
    @Test
    void theGraphForgetsWhatIsOldAndARebuildFromTheArchiveToo() {
        List<RecordedEvent> events = given(130);
        graph.apply(Projection.project(events));
        finish();
        assertThat(run().events()).isPositive();
        List<Segment> segments = archive().list().segments();
        assertThat(segments).hasSizeGreaterThan(1);
        Map<SessionId, List<Summary>> summaries = new HashMap<>();
        LongStream.range(0, 4).forEach(n -> summaries.put(session(n), graph.summaries(session(n), 100)));
        ForgettingSettings settings = new ForgettingSettings(Duration.ofDays(200), Duration.ofDays(300));
        assertThat(forget(settings, 150)).isZero();
        assertThat(forget(ForgettingSettings.NEVER, 9000)).isZero();

        long important = events.stream()
                .filter(event -> event.seq() <= segments.getLast().last().seq())
                .filter(event -> Forgetting.isImportant(event.event()))
                .count();
        assertThat(important).isPositive();
        long gone = ledger.pruning().extent().events();
        assertThat(forget(settings, 250)).isEqualTo(gone - important);
        assertForgotten(important);
        assertThat(forget(settings, 350)).isEqualTo(important);
        assertForgotten(0);
        assertThat(forget(settings, 350)).isZero();
        summaries.forEach(
                (session, all) -> assertThat(graph.summaries(session, 100)).isEqualTo(all));
    }

    private long forget(ForgettingSettings settings, int days) {
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        try {
            return new GraphForgetting(
                            ledger, PartitionScope.ALL, settings, new GraphForgetting.Graph(graph, graph, graph, graph))
                    .run(fence, archive(), Instant.now().plus(Duration.ofDays(days)), () -> {});
        } finally {
            ledger.trimming().lease().release(fence);
        }
    }

    private void assertForgotten(long left) {
        assertThat(graph.stats().events()).isEqualTo(left + all().size());
        Verifier verifier =
                new Verifier(ledger, new GraphLag(List.of(new ProjectionLag(ledger.feed("projection")))), graph);
        for (Verifier.Depth depth : Verifier.Depth.values()) {
            Findings found = new Findings(10);
            assertThat(verifier.verify(depth, Duration.ZERO, Watcher.NONE, found)
                            .equal())
                    .isTrue();
            assertThat(found.named()).isEmpty();
            assertThat(found.unsettledCount()).isZero();
        }
        InMemoryGraph empty = new InMemoryGraph();
        replay(empty);
        empty.apply(Projection.project(all()));
        for (long n = 0; n < 4; n++) {
            assertThat(GraphSnapshot.of(empty, session(n))).isEqualTo(GraphSnapshot.of(graph, session(n)));
        }
    }

    /** Not a part of a segment either. */
    @Test
    void nothingComesFromADamagedSegment() throws IOException {
        given(30);
        finish();
        assertThat(run().segments()).isEqualTo(2);
        Segment last = archive().list().segments().getLast();
        Path data;
        try (Stream<Path> files = Files.walk(folder.resolve("archive"))) {
            data = files.filter(file -> file.toString().endsWith(".zst")
                            && file.getFileName()
                                    .toString()
                                    .startsWith(last.id().toString()))
                    .findFirst()
                    .orElseThrow();
        }
        damage(data);

        InMemoryGraph empty = new InMemoryGraph();
        assertThatThrownBy(() -> replay(empty))
                .isInstanceOf(WorkFailedException.class)
                .hasMessageContaining(last.id().toString());
        assertThat(empty.stats().events()).isEqualTo(last.first().seq() - 1);
    }

    /** Broken off at each place, and begun again. */
    @Test
    void whateverBreaksOffIsGoneOnWith() {
        List<RecordedEvent> events = new ArrayList<>(given(25));
        finish();
        int breaks = 0;
        boolean done = false;
        for (int place = 1; !done; place++) {
            int at = place;
            int[] steps = {0};
            try {
                CeilingReport ignored = run(storage, () -> {
                    if (++steps[0] == at) {
                        throw new Broken();
                    }
                });
                done = true;
            } catch (Broken off) {
                breaks++;
                List<RecordedEvent> left = all();
                Set<Long> there =
                        new HashSet<>(left.stream().map(RecordedEvent::seq).toList());
                // Nothing is gone that the archive does not have.
                assertPlaced(events, event -> there.contains(event.seq()));
            }
        }
        assertThat(breaks).isGreaterThan(3);
        assertPlaced(events, event -> event.seq() == 25);
    }

    /** Nothing goes that cannot be read back. */
    @Test
    void whatTheArchiveDoesNotKeepStays() {
        List<RecordedEvent> events = given(10);
        finish();
        assertThatThrownBy(() -> run(new Forgetful(storage, folder.resolve("archive")), () -> {}))
                .isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("nothing of it has left the ledger");
        assertThat(all()).isEqualTo(events);
        assertThat(ledger.pruning().last()).isEmpty();
        SegmentId damaged = archive().list().segments().getFirst().id();
        assertThat(damaged.attempt()).isEqualTo(1);

        // Again, and then on a disk that is sound.
        assertThatThrownBy(() -> run(new Forgetful(storage, folder.resolve("archive")), () -> {}))
                .isInstanceOf(WorkFailedException.class)
                .hasMessageContaining(damaged.withAttempt(2).toString());
        assertThat(all()).isEqualTo(events);
        assertThat(run().events()).isEqualTo(9);
        assertPlaced(events, event -> event.seq() == 10);
        assertThat(archive().list().segments()).extracting(Segment::id).containsExactly(damaged.withAttempt(3));
        assertThat(archive().list().leftovers()).isEmpty();
        assertThat(run().events()).isZero();
    }

    /** Written, and then damaged: which of its files it is. */
    @ParameterizedTest
    @ValueSource(strings = {".json", ".zst", ".ids"})
    void whatIsDamagedBeforeAnythingHasLeftIsWrittenAnew(String file) throws IOException {
        List<RecordedEvent> events = given(10);
        finish();
        written();
        damage(file(file));
        assertThat(run().events()).isEqualTo(9);
        assertPlaced(events, event -> event.seq() == 10);
        assertThat(archive().list().segments()).extracting(Segment::id).containsExactly(new SegmentId(1, 9, 1, 2));
        assertThat(archive().list().leftovers()).isEmpty();
    }

    private void written() {
        assertThatThrownBy(() -> run(storage, () -> {
                    if (!archive().list().segments().isEmpty()) {
                        throw new Broken();
                    }
                }))
                .isInstanceOf(Broken.class);
        assertThat(ledger.pruning().last()).isEmpty();
    }

    private Path file(String end) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("archive"))) {
            return files.filter(file -> file.toString().endsWith(end))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** What has left is nowhere else: nothing of it may go. */
    @Test
    void aDamagedSegmentOfWhichSomethingHasLeftStaysAndIsNamed() throws IOException {
        List<RecordedEvent> events = new ArrayList<>(given(12));
        finish();
        written();
        ledger.pruning().holds().put(session(2), new Hold("a lawsuit", "legal", Instant.EPOCH));
        assertThat(run().events()).isEqualTo(8);
        append(LongStream.range(100, 104)
                .mapToObj(n -> Events.event(n, session(3).value()))
                .toList());
        all().stream().filter(event -> event.seq() > 12).forEach(events::add);
        finish();
        assertThat(run().events()).isEqualTo(4);
        assertThat(ledger.pruning().holds().release(session(2))).isTrue();
        List<RecordedEvent> left = all();
        Segment first = archive().list().segments().getFirst();
        // As one leaves it who has lost the lease.
        ledger.tiers().notes().put("discarded:" + first.id(), "1");

        Path data = file(first.hashes().data().substring(0, 16) + ".ndjson.zst");
        byte[] whole = Files.readAllBytes(data);
        damage(data);
        assertThatThrownBy(this::run)
                .isInstanceOf(WorkFailedException.class)
                .hasMessageContaining(first.id() + " of the archive is not what was written, and 8 of its events");
        assertThat(all()).isEqualTo(left);
        assertThat(archive().list().segments()).contains(first);
        Path ignored = Files.write(data, whole);
        assertThat(run().events()).isEqualTo(3);
        assertPlaced(events, event -> event.seq() == 16);
    }

    /** Of what the ledger has forgotten only the archive can tell: until it has answered once nothing is taken for new. */
    @Test
    void whileTheArchiveHasNeverAnsweredWhatOnlyItKnowsIsNotTakenForNew() {
        List<RecordedEvent> events = given(10);
        finish();
        boolean[] away = {true};
        Storage failing = new ForwardingStorage(storage) {
            @Override
            public List<StoredFile> list(String prefix) {
                if (away[0]) {
                    throw new StorageException(StorageException.Reason.UNAVAILABLE, "nobody answers");
                }
                return super.list(prefix);
            }
        };
        try (ArchiveWatch watch = new ArchiveWatch(failing, ledger.epochs(), folder.resolve("ids"))) {
            watch.start();
            EventLog log = new RememberingLedger(ledger, watch, true).log();
            assertThat(log.append(List.of(Append.of(Events.event(100, "new"))), Durability.MEMORY)
                            .outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Appended.class);
            assertThat(run().events()).isEqualTo(10);
            Append retry = Append.of(events.getFirst().event());
            assertThat(log.append(List.of(retry), Durability.MEMORY).outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Gone.class);
            assertThat(log.append(List.of(Append.of(Events.event(101, "new"))), Durability.MEMORY)
                            .outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Appended.class);

            Fence fence =
                    ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
            assertThat(ledger.pruning().forget(fence, LATER.instant(), 1)).isEqualTo(1);
            Head head = ledger.order().head();
            for (RecordedEvent event : events) {
                Append again = Append.of(event.event());
                if (ledger.log().find(event.event().id()) instanceof Lookup.Unknown) {
                    assertUnavailable(() -> log.append(List.of(again), Durability.MEMORY));
                    assertUnavailable(() -> log.stream(Durability.MEMORY).write(List.of(again)));
                    assertUnavailable(() -> log.find(event.event().id()));
                } else {
                    assertThat(log.append(List.of(again), Durability.MEMORY).outcomes())
                            .hasOnlyElementsOfType(AppendOutcome.Gone.class);
                }
            }
            assertUnavailable(() -> log.append(List.of(Append.of(Events.event(102, "new"))), Durability.MEMORY));
            assertThat(log.append(List.of(Append.of(Events.event(101, "new"))), Durability.MEMORY)
                            .outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Duplicate.class);
            assertThat(ledger.order().head()).isEqualTo(head);
        }
    }

    private static void assertUnavailable(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LedgerException.class,
                        failed -> assertThat(failed.reason()).isEqualTo(LedgerException.Reason.UNAVAILABLE))
                .hasMessageContaining("nobody answers");
    }

    /** Of those that the graph has, and of those that it has forgotten. */
    @Test
    void aTraceNamesWhatIsGoneAndWhereItIs() {
        append(LongStream.rangeClosed(1, 3)
                .mapToObj(n -> Events.builder(n, session(1).value())
                        .parentId(n == 1 ? null : Events.id(n - 1))
                        .build())
                .toList());
        List<RecordedEvent> events = all();
        graph.apply(Projection.project(events));
        finish();
        assertThat(run().events()).isEqualTo(2);
        Lookup.Gone gone = (Lookup.Gone) ledger.log().find(Events.id(1));
        String told = "(gone since " + Times.format(gone.at()) + ": " + gone.why() + "; see "
                + archive().list().segments().getFirst().id() + ")";
        assertThat(trace(graph))
                .satisfiesExactly(
                        first -> assertThat(first).endsWith(told),
                        second -> assertThat(second).startsWith("└─ ").endsWith(told),
                        third -> assertThat(third).contains("▶ ").doesNotContain("gone"));

        InMemoryGraph young = new InMemoryGraph();
        young.apply(Projection.project(List.of(events.getLast())));
        assertThat(trace(young).getFirst()).isEqualTo(Events.id(2) + "  " + told);
    }

    private List<String> trace(InMemoryGraph of) {
        StringWriter out = new StringWriter();
        try (PrintWriter writer = new PrintWriter(out)) {
            LineageTree tree = new LineageTree(
                    Events.id(3),
                    of.lineage(lineage(LineageQuery.Direction.ANCESTORS)),
                    of.lineage(lineage(LineageQuery.Direction.DESCENDANTS)));
            Object ignored = tree.print(new Console(writer, writer, 0), ledger, true);
        }
        return out.toString().lines().toList();
    }

    private static LineageQuery lineage(LineageQuery.Direction direction) {
        return new LineageQuery(Events.id(3), direction, 10, 10, Duration.ofSeconds(10), Optional.empty());
    }

    /** By a lock of its own: the segment counts no more, and is told. */
    @Test
    void whereTheStorageKeepsADamagedSegmentItsEventsAreWrittenAnewBesideIt() throws IOException {
        List<RecordedEvent> events = given(10);
        finish();
        written();
        damage(file(".zst"));
        Storage locked = new ForwardingStorage(storage) {
            @Override
            public Deletion delete(String name) {
                return Deletion.RETAINED;
            }
        };
        assertThat(run(locked, () -> {}).events()).isEqualTo(9);
        assertThat(all()).containsExactly(events.getLast());
        assertThat(archive().list().segments())
                .extracting(Segment::id)
                .containsExactly(new SegmentId(1, 9, 1), new SegmentId(1, 9, 1, 2));
        assertThat(archive().verify(new SegmentId(1, 9, 1, 2))).isEmpty();
        assertThat(archive().list().faults())
                .singleElement()
                .satisfies(fault -> assertThat(fault.kind()).isEqualTo(ArchiveFault.Kind.OVERLAP));
        assertThat(run(locked, () -> {}).events()).isZero();
    }

    /** Changes a byte of each file of events. */
    private static final class Forgetful extends ForwardingStorage {
        private final Path folder;

        private Forgetful(Storage storage, Path folder) {
            super(storage);
            this.folder = folder;
        }

        @Override
        public void put(String name, Path from) {
            super.put(name, from);
            if (name.endsWith(".zst")) {
                damage(folder.resolve(name));
            }
        }
    }
}
