// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.archive.SegmentWriter;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Original;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.prune.Hold;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.restoring.RestoreReport;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StoredFile;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is brought back from the archive is in the ledger as it was before it left. */
abstract class RestorerContract extends CeilingBed {
    private Verification.Verdict verdict() {
        return new Verifier(ledger, new GraphLag(List.of(new ProjectionLag(ledger.feed("projection")))), graph)
                .verify(Verifier.Depth.EXACT, Duration.ZERO, Watcher.NONE, new Findings(10))
                .verdict();
    }

    private Restorer restorer(Clock clock) {
        return new Restorer(ledger, archive(), "restores", clock);
    }

    private List<SegmentId> segmentIds() {
        return archive().list().segments().stream().map(Segment::id).toList();
    }

    /** Broken off at each step, and begun again: everything is there, and stays for as long as was asked. */
    @Test
    void whatIsRestoredIsThereAndStays() {
        List<RecordedEvent> events = given(250);
        List<RecordedEvent> whole = events.stream()
                .map(event -> ledger.log().find(event.event().id()).found().orElseThrow())
                .toList();
        graph.apply(Projection.project(events));
        finish();
        assertThat(run().events()).isEqualTo(249);
        RestoreReport dry = restorer(LATER).run(segmentIds(), Duration.ofDays(7), true, Watcher.NONE);
        assertThat(dry.restored()).isEqualTo(249);
        assertThat(all()).hasSize(1);
        int breaks = 0;
        int[] seen = {1};
        long restored = 0;
        for (boolean done = false; !done; ) {
            try {
                restored += restorer(LATER)
                        .run(segmentIds(), Duration.ofDays(7), false, (phase, read, total) -> {
                            int now = all().size();
                            if (now > seen[0] && now < 250) {
                                seen[0] = now;
                                throw new Broken();
                            }
                        })
                        .there();
                done = true;
            } catch (Broken off) {
                breaks++;
                // What is half back is whole as far as it has come, and the ceiling takes none of it.
                assertThat(run().events()).isZero();
            }
        }
        assertThat(breaks).isGreaterThan(3);
        assertThat(restored).isPositive();
        for (RecordedEvent event : whole) {
            assertThat(ledger.log().find(event.event().id())).isEqualTo(new Lookup.Found(event));
        }
        assertPlaced(events, event -> true);
        // The graph has had them all along.
        assertThat(verdict()).isEqualTo(Verification.Verdict.EQUAL);
        assertThat(restorer(LATER)
                        .run(segmentIds(), Duration.ofDays(7), false, Watcher.NONE)
                        .restored())
                .isZero();
        CeilingReport report = run();
        assertThat(report.events()).isZero();
        assertThat(report.held()).isEqualTo(249);
        // When they have been kept for long enough they leave again, into the segments that there are.
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        assertThat(run(ceiling(storage, Clock.offset(LATER, Duration.ofDays(8))), fence, () -> {})
                        .events())
                .isEqualTo(249);
        assertPlaced(events, event -> event.seq() == 250);
    }

    /** A hold keeps its session when the rest leaves again; no other segment is written for it, neither then nor later. */
    @Test
    void whatIsHeldWhenTheRestLeavesAgainGoesWhenItIsFree() {
        List<RecordedEvent> events = given(30);
        finish();
        assertThat(run().events()).isEqualTo(29);
        List<SegmentId> segments = segmentIds();
        RestoreReport report = restorer(LATER).run(segments, Duration.ZERO, false, Watcher.NONE);
        assertThat(report.restored()).isEqualTo(29);
        ledger.pruning().holds().put(session(1), new Hold("a lawsuit", "legal", Instant.EPOCH));
        Predicate<RecordedEvent> held = event -> event.event().sessionId().equals(session(1));
        for (int again = 0; again < 2; again++) {
            CeilingReport ignored = run();
            assertPlaced(events, event -> held.test(event) || event.seq() == 30);
        }
        assertThat(ledger.pruning().holds().release(session(1))).isTrue();
        assertThat(run().events()).isEqualTo(8);
        assertPlaced(events, event -> event.seq() == 30);
        assertThat(segmentIds()).isEqualTo(segments);
        assertThat(ledger.tiers().notes().all().keySet()).noneMatch(name -> name.startsWith("restored:"));
    }

    /** A segment that is not as it was written is named before anything is. */
    @Test
    void nothingIsRestoredFromWhatWasEdited() {
        List<RecordedEvent> events = given(60);
        finish();
        assertThat(run().events()).isEqualTo(59);
        Segment last = archive().list().segments().getLast();
        damage(file(last, ".zst"));
        RestoreReport report = restorer(LATER).run(segmentIds(), Duration.ofDays(7), false, Watcher.NONE);
        assertThat(report.faults())
                .isNotEmpty()
                .allMatch(fault -> fault.segment().equals(last.id().toString()));
        assertThat(report.restored()).isZero();
        assertThat(all()).isEqualTo(events.subList(59, 60));
    }

    /** What is left of a session counts without what came back. */
    @Test
    void oneSegmentOfManyComesBack() {
        List<RecordedEvent> events = given(47);
        Map<SessionId, SessionSummary> whole = new HashMap<>();
        LongStream.range(0, 4)
                .mapToObj(CeilingBed::session)
                .forEach(session ->
                        whole.put(session, ledger.sessions().find(session).orElseThrow()));
        finish();
        assertThat(run().segments()).isEqualTo(3);
        RestoreReport report = restorer(LATER).run(segmentIds().subList(1, 2), Duration.ZERO, false, Watcher.NONE);
        assertThat(report.restored()).isEqualTo(20);
        assertThat(all().stream().map(RecordedEvent::seq).toList())
                .isEqualTo(LongStream.concat(LongStream.rangeClosed(21, 40), LongStream.of(47))
                        .boxed()
                        .toList());
        for (long n = 0; n < 4; n++) {
            SessionId session = session(n);
            SessionTally tally = new SessionTally();
            List<RecordedEvent> own = events.subList(0, 46).stream()
                    .filter(event -> event.event().sessionId().equals(session))
                    .toList();
            own.forEach(tally::add);
            own.stream().filter(event -> event.seq() > 20 && event.seq() <= 40).forEach(tally::remove);
            assertThat(ledger.pruning().sessions(Set.of(session)))
                    .isEqualTo(Map.of(session, new PrunedSession(tally.events(), tally.toString())));
            // The same, from what is gone alone.
            SessionTally gone = new SessionTally();
            own.stream().filter(event -> event.seq() <= 20 || event.seq() > 40).forEach(gone::add);
            assertThat(gone.sameEvents(tally)).isTrue();
            assertThat(ledger.sessions().find(session))
                    .contains(requireNonNull(whole.get(session)).withPruned(gone.events()));
        }
        // Kept for no time: they leave again.
        assertThat(run().events()).isEqualTo(20);
    }

    private Map<String, String> notes() {
        Map<String, String> notes = new TreeMap<>(ledger.tiers().notes().all());
        notes.keySet().removeIf(name -> !name.startsWith("restored:"));
        return notes;
    }

    /** Whoever wants it for a shorter time takes nothing from who wants it for longer; who wants it no more ends that. */
    @Test
    void itStaysForTheLongestTimeThatAnybodyHasAskedFor() {
        List<RecordedEvent> given = given(21);
        assertThat(given).hasSize(21);
        finish();
        Clock then = Clock.fixed(LATER.instant().truncatedTo(ChronoUnit.MILLIS), ZoneOffset.UTC);
        assertThat(run().events()).isEqualTo(20);
        List<SegmentId> segments = segmentIds();
        String name = "restored:" + segments.getFirst();
        int longest = 0;
        for (int days : List.of(7, 1, 9, 2)) {
            Duration keep = Duration.ofDays(days);
            RestoreReport report = restorer(then).run(segments, keep, false, Watcher.NONE);
            assertThat(report.keptUntil()).contains(then.instant().plus(keep));
            longest = Math.max(longest, days);
            assertThat(notes())
                    .isEqualTo(Map.of(name, Times.format(then.instant().plus(Duration.ofDays(longest))) + " 1-20"));
        }
        assertThat(run().events()).isZero();
        RestoreReport ignored = restorer(then).run(segments, Duration.ZERO, false, Watcher.NONE);
        assertThat(notes()).isEqualTo(Map.of(name, Times.format(then.instant()) + " 1-20"));
    }

    /** A segment keeps its own events, not those between them, which somebody held when it was written. */
    @Test
    void whatIsNotOfTheSegmentGoes() {
        List<RecordedEvent> events = given(21);
        finish();
        ledger.pruning().holds().put(session(1), new Hold("a lawsuit", "legal", Instant.EPOCH));
        Predicate<RecordedEvent> held = event -> event.event().sessionId().equals(session(1));
        assertThat(run().events()).isEqualTo(15);
        RestoreReport report = restorer(LATER).run(segmentIds(), Duration.ofDays(7), false, Watcher.NONE);
        assertThat(report.restored()).isEqualTo(15);
        assertThat(ledger.pruning().holds().release(session(1))).isTrue();
        CeilingReport run = run();
        assertThat(run.events()).isEqualTo(5);
        assertThat(run.held()).isEqualTo(15);
        assertPlaced(events, event -> !held.test(event) || event.seq() == 21);
    }

    /** Somebody has begun to take a segment out; somebody else wants it, and is killed before it has any of it. */
    @Test
    void whatWasBeingTakenOutStaysForWhoWantsIt() {
        List<RecordedEvent> events = given(21);
        finish();
        assertThatThrownBy(() -> run(storage, () -> {
                    if (!segmentIds().isEmpty()) {
                        throw new Broken();
                    }
                }))
                .isInstanceOf(Broken.class);
        Segment segment = archive().list().segments().getFirst();
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        assertThat(ledger.pruning()
                        .begin(fence, new Pruning.Plan(segment.id().toString(), "a rule", segment.runs(), true))
                        .plan()
                        .events())
                .isEqualTo(20);
        ledger.trimming().lease().release(fence);
        int[] opened = {0};
        Storage away = new ForwardingStorage(storage) {
            @Override
            public InputStream open(String name) {
                if (name.endsWith(".zst") && ++opened[0] == 3) {
                    throw new Broken();
                }
                return super.open(name);
            }
        };
        Archive archive = new Archive(away, segment.ledger().id(), 0);
        assertThatThrownBy(() -> new Restorer(ledger, archive, "restores", LATER)
                        .run(List.of(segment.id()), Duration.ofDays(7), false, Watcher.NONE))
                .isInstanceOf(Broken.class);
        assertThat(run().events()).isZero();
        assertThat(all()).isEqualTo(events);
    }

    /** Two that were killed one after the other, the second one with lower numbers, of which a hold had ended. */
    @Test
    void whatWasLeftUnfinishedIsFoundWhereverItBegins() {
        List<RecordedEvent> events = given(61);
        finish();
        for (long n = 1; n <= 2; n++) {
            ledger.pruning().holds().put(session(n), new Hold("a lawsuit", "legal", Instant.EPOCH));
        }
        assertThat(run().events()).isEqualTo(30);
        Remembered.begun(ledger.tiers().notes(), 60);
        int written = segmentIds().size();
        for (long n = 1; n <= 2; n++) {
            assertThat(ledger.pruning().holds().release(session(n))).isTrue();
            if (n == 1) {
                assertThatThrownBy(() -> run(storage, () -> {
                            if (segmentIds().size() > written) {
                                throw new Broken();
                            }
                        }))
                        .isInstanceOf(Broken.class);
            }
        }
        assertThat(run().events()).isEqualTo(30);
        assertPlaced(events, event -> event.seq() == 61);
    }

    private Path file(Segment segment, String end) {
        return storage.list("").stream()
                .map(StoredFile::name)
                .filter(name -> name.contains(segment.id().toString()) && name.endsWith(end))
                .map(folder.resolve("archive")::resolve)
                .findFirst()
                .orElseThrow();
    }

    /** What the archive does not have as it was written stays, and is named; the rest leaves. */
    @Test
    void whatWasDamagedMeanwhileStaysAndHoldsNothingUp() throws IOException {
        List<RecordedEvent> events = given(61);
        finish();
        assertThat(run().events()).isEqualTo(60);
        RestoreReport report = restorer(LATER).run(segmentIds(), Duration.ZERO, false, Watcher.NONE);
        assertThat(report.restored()).isEqualTo(60);
        List<Segment> segments = archive().list().segments();
        byte[] data = Files.readAllBytes(file(segments.get(0), ".zst"));
        byte[] manifest = Files.readAllBytes(file(segments.get(2), ".json"));
        damage(file(segments.get(0), ".zst"));
        Path ignored = Files.write(file(segments.get(2), ".json"), new byte[] {'{'});
        CeilingReport run = run();
        assertThat(run.events()).isEqualTo(20);
        assertThat(run.problem().orElseThrow())
                .contains(segments.get(0).id().toString())
                .contains(segments.get(2).id().toString())
                .doesNotContain(segments.get(1).id().toString());
        ignored = Files.write(file(segments.get(0), ".zst"), data);
        ignored = Files.write(file(segments.get(2), ".json"), manifest);
        CeilingReport rest = run();
        assertThat(rest.events()).isEqualTo(40);
        assertThat(rest.problem()).isEmpty();
        assertPlaced(events, event -> event.seq() == 61);
    }

    /** What is parked after it was brought back is spared; while nothing else is left of its segment, that is not read. */
    @Test
    void whatIsParkedStaysAndItsSegmentIsNotReadUntilItMayGo() {
        List<RecordedEvent> events = given(21);
        finish();
        assertThat(run().events()).isEqualTo(20);
        assertThat(restorer(LATER)
                        .run(segmentIds(), Duration.ZERO, false, Watcher.NONE)
                        .restored())
                .isEqualTo(20);
        RecordedEvent event = events.get(4);
        try (EventFeed.Consumer consumer = ledger.feed("slow").open("one")) {
            List<Delivery> all = consumer.poll(500, Duration.ZERO);
            Delivery delivery = all.stream()
                    .filter(one -> one.position().equals(event.position()))
                    .findFirst()
                    .orElseThrow();
            assertThat(consumer.park(delivery, new Failure("refused", Instant.EPOCH, 1)))
                    .isTrue();
        }
        assertThat(run().events()).isEqualTo(19);
        List<String> opened = new ArrayList<>();
        Storage counting = new ForwardingStorage(storage) {
            @Override
            public InputStream open(String name) {
                opened.add(name);
                return super.open(name);
            }
        };
        CeilingReport report = run(counting, () -> {});
        assertThat(report.events()).isZero();
        assertThat(report.parked()).isEqualTo(1);
        assertThat(opened).noneMatch(name -> name.endsWith(".zst"));
        assertPlaced(events, one -> one.seq() == 5 || one.seq() == 21);
        ParkedId parked = ledger.parking().list(Optional.empty(), 10).getFirst().id();
        assertThat(ledger.parking().release(parked)).isTrue();
        assertThat(run().events()).isEqualTo(1);
        assertPlaced(events, one -> one.seq() == 21);
    }

    /** Whatever the archive says: the ledger has something else there. */
    @Test
    void aNumberWithAnotherEventIsNamed() throws IOException {
        List<RecordedEvent> events = given(21);
        Original.Source source = new Original.Source(
                UUID.fromString(ledger.epochs().now().identity().id().orElseThrow()), 0, 1);
        Segment foreign;
        try (SegmentWriter writer = new SegmentWriter(storage, source, "3", folder.resolve("scratch"), LATER)) {
            for (RecordedEvent slim : events.subList(0, 10)) {
                RecordedEvent event =
                        ledger.log().find(slim.event().id()).found().orElseThrow();
                Event own = event.seq() == 7 ? Events.event(777, "session-1") : event.event();
                writer.add(new RecordedEvent(
                        own,
                        event.position(),
                        event.seq(),
                        event.sessionSeq(),
                        event.recordedAt(),
                        EventJson.hash(own)));
            }
            foreign = writer.finish(id -> 1);
        }
        for (boolean dry : List.of(true, false)) {
            RestoreReport report = restorer(LATER).run(List.of(foreign.id()), Duration.ofDays(7), dry, Watcher.NONE);
            assertThat(report.faults()).singleElement().satisfies(fault -> {
                assertThat(fault.kind()).isEqualTo(ArchiveFault.Kind.FOREIGN);
                assertThat(fault.message()).contains("seq 7");
            });
        }
        assertThat(notes()).isEmpty();
        assertThat(all()).isEqualTo(events);
    }
}
