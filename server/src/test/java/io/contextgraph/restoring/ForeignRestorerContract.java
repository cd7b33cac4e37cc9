// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.event.Original;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.operation.Watcher;
import io.contextgraph.testing.Events;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What another ledger has archived is appended anew, and keeps what that one had assigned. */
abstract class ForeignRestorerContract extends LedgerContract<PartitionFixture> {
    private static final int EVENTS = 250;
    private static final Clock THEN = Clock.fixed(Instant.parse("2020-01-01T12:00:00Z"), ZoneOffset.UTC);

    private final TestArchive archive = new TestArchive();
    private final InMemoryLedger other = new InMemoryLedger(THEN);

    @SuppressWarnings("NullAway.Init")
    private Segment segment;

    @BeforeEach
    void write() {
        AppendResult ignored = other.append(
                LongStream.rangeClosed(1, EVENTS)
                        .mapToObj(n -> Append.of(
                                n % 3 == 0 ? Events.full(n, "session-" + n % 4) : Events.event(n, "session-" + n % 4)))
                        .toList(),
                Durability.MEMORY);
        segment = archive.write(other, EVENTS);
    }

    @AfterEach
    void closeArchive() {
        archive.close();
    }

    private RestoreReport run(boolean dryRun, Watcher watcher, SegmentId... ids) {
        Archive of = new Archive(
                archive.storage(), segment.ledger().id(), segment.ledger().partition());
        return new ForeignRestorer(ledger.log(), of, Durability.MEMORY).run(List.of(ids), dryRun, watcher);
    }

    private static RestoreReport report(boolean dryRun, long restored, long there, long refused) {
        return new RestoreReport(dryRun, 1, restored, there, refused, Optional.empty(), List.of());
    }

    /** Each event is there once, whole, with its place in the other ledger beside, in the order of it. */
    private void assertMoved(int before) {
        List<RecordedEvent> all = all();
        assertThat(all).hasSize(before + EVENTS);
        for (int n = 1; n <= EVENTS; n++) {
            RecordedEvent was = other.find(Events.id(n)).found().orElseThrow();
            RecordedEvent is = ledger.log().find(Events.id(n)).found().orElseThrow();
            assertThat(is.event()).isEqualTo(was.event());
            assertThat(is.contentHash()).isEqualTo(was.contentHash());
            assertThat(is.seq()).isEqualTo(before + n);
            assertThat(is.original())
                    .contains(new Original(
                            was.position(),
                            was.seq(),
                            was.sessionSeq(),
                            was.recordedAt(),
                            Optional.of(segment.ledger())));
        }
    }

    @Test
    void anEmptyLedgerGetsAll() {
        assertThat(run(true, Watcher.NONE, segment.id())).isEqualTo(report(true, EVENTS, 0, 0));
        assertThat(all()).isEmpty();
        assertThat(run(false, Watcher.NONE, segment.id())).isEqualTo(report(false, EVENTS, 0, 0));
        assertMoved(0);
        assertThat(run(true, Watcher.NONE, segment.id())).isEqualTo(report(true, 0, EVENTS, 0));
    }

    @Test
    void aLedgerWithEventsGetsThemBehindItsOwn() {
        RecordedEvent own = appended(Events.event(1_000, "session-1"));
        assertThat(run(false, Watcher.NONE, segment.id())).isEqualTo(report(false, EVENTS, 0, 0));
        assertMoved(1);
        assertThat(all().getFirst()).isEqualTo(own);
    }

    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void whatBrokeOffIsRepeated() {
        assertThatThrownBy(() -> run(
                        false,
                        (phase, done, total) -> {
                            if (done == 100) {
                                throw new Broken();
                            }
                        },
                        segment.id()))
                .isInstanceOf(Broken.class);
        assertThat(all()).hasSize(100);
        assertThat(run(false, Watcher.NONE, segment.id())).isEqualTo(report(false, EVENTS - 100, 100, 0));
        assertMoved(0);
    }

    /** An id that the ledger has for another event. */
    @Test
    void whatContradictsIsCountedAndLeftOut() {
        RecordedEvent own = appended(Events.event(7, "another"));
        assertThat(run(true, Watcher.NONE, segment.id())).isEqualTo(report(true, EVENTS - 1, 0, 1));
        assertThat(run(false, Watcher.NONE, segment.id())).isEqualTo(report(false, EVENTS - 1, 0, 1));
        assertThat(slim(ledger.log().find(Events.id(7)).found().orElseThrow())).isEqualTo(own);
    }

    @Test
    void nothingComesWhereASegmentIsMissing() {
        SegmentId none = new SegmentId(1, 2, 9);
        RestoreReport report = run(false, Watcher.NONE, segment.id(), none);
        assertThat(report.faults())
                .singleElement()
                .satisfies(fault -> assertThat(fault.kind()).isEqualTo(ArchiveFault.Kind.MISSING));
        assertThat(report.restored()).isZero();
        assertThat(all()).isEmpty();
    }
}
