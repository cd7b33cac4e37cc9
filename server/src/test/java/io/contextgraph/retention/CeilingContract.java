// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentReader;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.prune.Hold;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.folder.FolderStorage;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is older than the ceiling is in the archive or in the ledger, and nowhere else. */
abstract class CeilingContract extends LedgerContract {
    private static final Clock LATER = Clock.offset(Clock.systemUTC(), Duration.ofDays(100));
    private static final CeilingSettings DAYS = Ceilings.DAYS;

    private final InMemoryGraph graph = new InMemoryGraph();

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Storage storage;

    @BeforeEach
    final void open() {
        storage = new FolderStorage(folder.resolve("archive"));
    }

    private static SessionId session(long n) {
        return new SessionId("session-" + n);
    }

    /** Some with payloads. */
    private List<RecordedEvent> given(int count) {
        append(LongStream.rangeClosed(1, count)
                .mapToObj(n -> n % 3 == 0
                        ? Events.full(n, session(n % 4).value())
                        : Events.event(n, session(n % 4).value()))
                .toList());
        return all();
    }

    private void finish() {
        try (EventFeed.Consumer consumer = ledger.feed("projection").open("one")) {
            List<Delivery> some = consumer.poll(500, Duration.ZERO);
            consumer.acknowledge(some.stream().map(Delivery::position).toList());
        }
        TrimmedFixture.trim(ledger.trimming());
    }

    private Ceiling ceiling(Storage where, Clock clock) {
        return new Ceiling(
                ledger,
                DAYS,
                new Ceiling.Places(where, Optional.empty(), folder.resolve("scratch")),
                new Keepsakes(graph, event -> event.type().value()),
                clock);
    }

    private CeilingReport run() {
        return run(storage, () -> {});
    }

    private CeilingReport run(Storage where, Between between) {
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        try {
            return ceiling(where, LATER).run(fence, Set.of("projection"), between);
        } finally {
            ledger.trimming().lease().release(fence);
        }
    }

    private Archive archive() {
        return new Archive(
                storage, UUID.fromString(ledger.epochs().now().identity().id().orElseThrow()), 0);
    }

    /** Everything that the archive has, by id; that it is whole is asserted. */
    private Map<EventId, RecordedEvent> archived() {
        Map<EventId, RecordedEvent> events = new LinkedHashMap<>();
        Archive archive = archive();
        assertThat(archive.list().faults()).isEmpty();
        for (Segment segment : archive.list().segments()) {
            assertThat(archive.verify(segment.id())).isEmpty();
            try (SegmentReader reader = archive.read(segment)) {
                for (Optional<RecordedEvent> event = reader.next(); event.isPresent(); event = reader.next()) {
                    assertThat(events.put(event.get().event().id(), event.get()))
                            .isNull();
                }
            }
        }
        return events;
    }

    /** Each event is where it should be, and whole. */
    private void assertPlaced(List<RecordedEvent> before, Predicate<RecordedEvent> stays) {
        List<RecordedEvent> left = before.stream().filter(stays).toList();
        assertThat(all()).isEqualTo(left);
        Map<EventId, RecordedEvent> archived = archived();
        for (RecordedEvent event : before) {
            EventId id = event.event().id();
            if (stays.test(event)) {
                assertThat(ledger.log().find(id).found()).isPresent();
                continue;
            }
            assertThat(ledger.log().find(id)).isInstanceOf(Lookup.Gone.class);
            RecordedEvent kept = archived.get(id);
            assertThat(kept).isNotNull();
            assertThat(slim(kept)).isEqualTo(event);
            assertThat(EventJson.hash(kept.event())).isEqualTo(event.contentHash());
        }
        assertTallies(before, stays);
    }

    /** What went of each session adds up to what is kept of it. */
    private void assertTallies(List<RecordedEvent> before, Predicate<RecordedEvent> stays) {
        for (long n = 0; n < 4; n++) {
            SessionId session = session(n);
            SessionTally tally = new SessionTally();
            before.stream()
                    .filter(stays.negate())
                    .filter(event -> event.event().sessionId().equals(session))
                    .forEach(tally::add);
            Optional<PrunedSession> pruned = Optional.ofNullable(
                    ledger.pruning().sessions(Set.of(session)).get(session));
            assertThat(pruned.map(PrunedSession::events).orElse(0L)).isEqualTo(tally.events());
            assertThat(pruned.flatMap(known -> SessionTally.of(known.tally()).digest(session)))
                    .isEqualTo(tally.events() == 0 ? Optional.empty() : tally.digest(session));
        }
    }

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
        assertThat(ceiling(storage, before).run(fence, Set.of(), () -> {}).events())
                .isZero();
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
        new ArchiveReplay(archive(), ledger.log(), into, event -> event.type().value())
                .run(page -> into.apply(Projection.project(page)), Watcher.NONE);
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

    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;
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
    }

    /** Changes a byte in the middle. */
    private static void damage(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Path ignored = Files.write(file, bytes, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
