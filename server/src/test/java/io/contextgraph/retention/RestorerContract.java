// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.prune.Hold;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.restoring.RestoreReport;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.storage.StoredFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is brought back from the archive is in the ledger as it was before it left. */
abstract class RestorerContract extends CeilingBed {
    private Verification.Verdict verdict() {
        return new Verifier(ledger, new ProjectionLag(ledger.feed("projection")), graph)
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
        assertThat(ceiling(storage, Clock.offset(LATER, Duration.ofDays(8)))
                        .run(fence, Set.of("projection"), () -> {})
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
    void nothingIsRestoredFromWhatWasEdited() throws IOException {
        List<RecordedEvent> events = given(60);
        finish();
        assertThat(run().events()).isEqualTo(59);
        Segment last = archive().list().segments().getLast();
        Path file = storage.list("").stream()
                .map(StoredFile::name)
                .filter(name -> name.contains(last.id().toString()) && name.endsWith(".zst"))
                .map(folder.resolve("archive")::resolve)
                .findFirst()
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Path ignored = Files.write(file, bytes, StandardOpenOption.TRUNCATE_EXISTING);
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
        }
        // Kept for no time: they leave again.
        assertThat(run().events()).isEqualTo(20);
    }
}
