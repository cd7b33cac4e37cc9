// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentReader;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.operation.Watcher;
import io.contextgraph.retention.LeasedWork.Between;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A ledger, an archive and a graph, and a ceiling of which much time has passed. */
abstract class CeilingBed extends LedgerContract<PartitionFixture> {
    static final Clock LATER = Clock.offset(Clock.systemUTC(), Duration.ofDays(100));
    static final CeilingSettings DAYS = Ceilings.DAYS;

    final InMemoryGraph graph = new InMemoryGraph();

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    Storage storage;

    @BeforeEach
    final void open() {
        storage = new FolderStorage(folder.resolve("archive"));
    }

    static SessionId session(long n) {
        return new SessionId("session-" + n);
    }

    /** Some with payloads. */
    List<RecordedEvent> given(int count) {
        append(LongStream.rangeClosed(1, count)
                .mapToObj(n -> n % 3 == 0
                        ? Events.full(n, session(n % 4).value())
                        : Events.event(n, session(n % 4).value()))
                .toList());
        return all();
    }

    void finish() {
        try (EventFeed.Consumer consumer = ledger.feed("projection").open("one")) {
            List<Delivery> some = consumer.poll(500, Duration.ZERO);
            consumer.acknowledge(some.stream().map(Delivery::position).toList());
        }
        TrimmedFixture.trim(ledger.trimming());
    }

    Ceiling ceiling(Storage where, Clock clock) {
        return new Ceiling(
                ledger,
                DAYS,
                new Ceiling.Places(where, Optional.empty(), folder.resolve("scratch")),
                new Keepsakes(graph, event -> event.type().value()),
                clock,
                Watcher.NONE);
    }

    CeilingReport run() {
        return run(storage, () -> {});
    }

    CeilingReport run(Storage where, Between between) {
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        try {
            return run(ceiling(where, LATER), fence, between);
        } finally {
            ledger.trimming().lease().release(fence);
        }
    }

    static CeilingReport run(Ceiling ceiling, Fence fence, Between between) {
        Set<String> groups = Set.of("projection");
        return ceiling.run(fence, groups, ceiling.candidates(groups), between);
    }

    Archive archive() {
        return new Archive(
                storage, UUID.fromString(ledger.epochs().now().identity().id().orElseThrow()), 0);
    }

    /** Everything that the archive has, by id; that it is whole is asserted. */
    Map<EventId, RecordedEvent> archived() {
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
    void assertPlaced(List<RecordedEvent> before, Predicate<RecordedEvent> stays) {
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
    void assertTallies(List<RecordedEvent> before, Predicate<RecordedEvent> stays) {
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

    /** Changes a byte in the middle. */
    static void damage(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Path ignored = Files.write(file, bytes, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
