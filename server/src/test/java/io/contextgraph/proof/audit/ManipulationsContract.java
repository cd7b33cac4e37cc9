// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.archive.Archive;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.mend.RedisMender;
import io.contextgraph.ledger.redis.search.IdPages;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.ManualClock;
import io.contextgraph.proof.ProofException;
import io.contextgraph.proof.Prover;
import io.contextgraph.proof.TestProofs;
import io.contextgraph.proof.audit.AuditFault.Kind;
import io.contextgraph.proof.audit.AuditReport.Verdict;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.restoring.TestArchive;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StoredFile;
import io.contextgraph.testing.Events;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is done to a real Redis behind the back of its servers, and how the audit names it. */
public abstract class ManipulationsContract extends LedgerContract {
    private static final int EVENTS = 40;

    private final TestArchive archive = new TestArchive();
    private boolean archives;

    @SuppressWarnings("NullAway.Init")
    private TestProofs proofs;

    @SuppressWarnings("NullAway.Init")
    private Forger forger;

    @SuppressWarnings("NullAway.Init")
    private List<RecordedEvent> before;

    @BeforeEach
    final void seal() {
        RedisFixture real = (RedisFixture) ledger;
        append(LongStream.rangeClosed(1, EVENTS)
                .mapToObj(n -> Events.event(n, "session-" + n % 3))
                .toList());
        before = all();
        proofs = new TestProofs(
                another(),
                new ManualClock(),
                () -> archives ? Archive.of(archive.storage(), ledger.epochs()) : Optional.empty(),
                () -> RedisMender.open(real.settings()),
                Optional::empty);
        forger = new Forger(real);
        proofs.seal();
    }

    @AfterEach
    final void closeAll() {
        forger.close();
        proofs.close();
        archive.close();
    }

    private AuditReport audit() {
        return audit(Optional.empty());
    }

    private AuditReport audit(Optional<SignedNote> kept) {
        return proofs.proving().audit(new Auditor.Request(kept, List.of(), 100), Watcher.NONE);
    }

    private RecordedEvent event(int seq) {
        return before.get(seq - 1);
    }

    /** What is wrong is named, with its number. */
    private static void assertNamed(AuditReport report, Kind kind, long seq) {
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.FAULTY);
        assertThat(report.faults()).as(report.toString()).anySatisfy(fault -> {
            assertThat(fault.kind()).isEqualTo(kind);
            assertThat(fault.seq()).isEqualTo(seq);
        });
    }

    /** It is the first that is named. */
    private static void assertFirst(AuditReport report, long seq) {
        assertThat(report.faults().getFirst().seq()).as(report.toString()).isEqualTo(seq);
    }

    @Test
    void nothingIsWrongWithWhatNobodyHasTouched() {
        AuditReport report = audit();
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.WHOLE);
        assertThat(report.counts()).isEqualTo(new AuditReport.Counts(EVENTS, 0, EVENTS, 0, 0, 0, 0, 0));
        append(Events.event(EVENTS + 1, "session-1"));
        report = audit();
        assertThat(report.verdict()).isEqualTo(Verdict.WHOLE);
        assertThat(report.counts().unsealed()).isEqualTo(1);
    }

    @Test
    void aFieldIsChangedInTheDocument() {
        forger.document(Forger.altered(event(17)));
        AuditReport report = audit();
        assertNamed(report, Kind.STORED, 17);
        assertFirst(report, 17);
    }

    @Test
    void aFieldIsChangedInTheStream() {
        List<RecordedEvent> others = new ArrayList<>(before);
        others.set(16, Forger.altered(event(17)));
        forger.streams(others);
        AuditReport report = audit();
        assertNamed(report, Kind.STORED, 17);
        assertFirst(report, 17);
    }

    @Test
    void aFieldIsChangedInBoth() {
        List<RecordedEvent> others = new ArrayList<>(before);
        others.set(16, Forger.altered(event(17)));
        forger.document(others.get(16));
        forger.streams(others);
        AuditReport report = audit();
        assertNamed(report, Kind.ALTERED, 17);
        assertFirst(report, 17);
    }

    @Test
    void aFieldIsChangedInBothAndTheHashWithIt() {
        List<RecordedEvent> others = new ArrayList<>(before);
        others.set(16, Forger.forged(event(17)));
        forger.document(others.get(16));
        forger.streams(others);
        AuditReport report = audit();
        assertNamed(report, Kind.ALTERED, 17);
        assertThat(report.total()).as(report.toString()).isEqualTo(1);
        assertThat(report.faults().getFirst().event())
                .contains(event(17).event().id());
        assertRefused(event(17).event().id());
    }

    private void assertRefused(EventId id) {
        assertThatThrownBy(() -> proofs.proving().prove(id))
                .isInstanceOf(ProofException.class)
                .hasMessageContaining("not what was signed for");
    }

    @Test
    void anEventIsRemoved() {
        List<RecordedEvent> others = new ArrayList<>(before);
        RecordedEvent removed = others.remove(16);
        forger.delete(removed.event().id());
        forger.streams(others);
        AuditReport report = audit();
        assertNamed(report, Kind.MISSING, 17);
        assertFirst(report, 17);
        forger.number(17, IdPages.NO_ID);
        report = audit();
        assertNamed(report, Kind.MISSING, 17);
        assertFirst(report, 17);
    }

    @Test
    void anEventIsRemovedAndTheOthersMoveUp() {
        List<RecordedEvent> others = new ArrayList<>(before.subList(0, 16));
        before.subList(17, EVENTS).forEach(event -> others.add(Forger.renumbered(event, event.seq() - 1)));
        forger.delete(event(17).event().id());
        forger.rewrite(others);
        AuditReport report = audit();
        assertNamed(report, Kind.MISSING, 17);
        assertThat(report.faults())
                .anySatisfy(fault -> assertThat(fault.message()).contains("taken out"));
        assertFirst(report, 17);
        assertNamed(report, Kind.CUT, 0);
    }

    @Test
    void anEventIsInserted() {
        List<RecordedEvent> others = new ArrayList<>(before.subList(0, 16));
        RecordedEvent forged = new RecordedEvent(
                Events.event(1000, "session-1"),
                new Position(event(16).position().millis(), event(16).position().sequence() + 1_000_000),
                17,
                event(16).sessionSeq(),
                event(16).recordedAt(),
                EventJson.hash(Events.event(1000, "session-1")));
        others.add(forged);
        before.subList(16, EVENTS)
                .forEach(event -> others.add(new RecordedEvent(
                        event.event(),
                        event.position().compareTo(forged.position()) > 0
                                ? event.position()
                                : new Position(
                                        forged.position().millis(),
                                        forged.position().sequence() + event.seq()),
                        event.seq() + 1,
                        event.sessionSeq(),
                        event.recordedAt(),
                        event.contentHash())));
        forger.rewrite(others);
        AuditReport report = audit();
        assertFirst(report, 17);
        assertThat(report.faults().getFirst().event()).contains(forged.event().id());
    }

    @Test
    void twoEventsAreExchanged() {
        List<RecordedEvent> others = new ArrayList<>(before);
        others.set(16, Forger.moved(event(23), event(17)));
        others.set(22, Forger.moved(event(17), event(23)));
        forger.rewrite(others);
        AuditReport report = audit();
        assertNamed(report, Kind.EXCHANGED, 17);
        assertNamed(report, Kind.ALTERED, 17);
        assertNamed(report, Kind.ALTERED, 23);
        assertFirst(report, 17);
    }

    @Test
    void theTailIsCut() {
        List<RecordedEvent> left = before.subList(0, EVENTS - 3);
        for (int seq = EVENTS - 2; seq <= EVENTS; seq++) {
            forger.delete(event(seq).event().id());
            forger.number(seq, IdPages.NO_ID);
        }
        forger.rewrite(left);
        AuditReport report = audit();
        assertNamed(report, Kind.CUT, 0);
        assertThat(report.faults())
                .anySatisfy(fault -> assertThat(fault.message()).contains("the last 3"));
    }

    @Test
    void theArchiveIsEdited() {
        archives = true;
        prune(25);
        AuditReport report = audit();
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.WHOLE);
        assertThat(report.counts()).isEqualTo(new AuditReport.Counts(EVENTS, 0, 0, EVENTS - 25, 25, 0, 0, 0));
        assertThat(proofs.proving().prove(event(7).event().id())).isInstanceOf(Prover.Answer.Proven.class);
        // All its sums are right again.
        List<RecordedEvent> others = new ArrayList<>(before.subList(0, 25));
        others.set(6, Forger.forged(event(7)));
        empty(archive.storage());
        Object ignored = archive.write(ledger, others);
        report = audit();
        assertNamed(report, Kind.ARCHIVE, 7);
        assertFirst(report, 7);
        // A byte of it.
        empty(archive.storage());
        report = audit();
        assertNamed(report, Kind.ARCHIVE, 1);
        assertThat(report.found().get(Kind.ARCHIVE)).isEqualTo(25);
    }

    private static void empty(Storage storage) {
        for (StoredFile file : storage.list("")) {
            assertThat(storage.delete(file.name())).isEqualTo(Storage.Deletion.GONE);
        }
    }

    private void prune(int events) {
        try (EventFeed.Consumer consumer = ledger.feed("projection").open("one")) {
            List<Delivery> some = consumer.poll(500, Duration.ZERO);
            consumer.acknowledge(some.stream().map(Delivery::position).toList());
        }
        TrimmedFixture.trim(ledger.trimming());
        TestArchive.prune(ledger, archive.write(ledger, events));
    }

    @Test
    void whatIsKeptOfAPrunedSessionIsChanged() {
        archives = true;
        prune(25);
        String tally = forger.session(event(1), "tally");
        assertThat(tally).isNotEmpty();
        forger.session(
                event(1), "tally", tally.replaceFirst("(\\w+)$", "0$1").replaceFirst("^(\\w+ )(\\w+)", "$1" + "9"));
        AuditReport report = audit();
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.FAULTY);
        assertThat(report.found()).containsKey(Kind.SUMMARY);
    }

    @Test
    void theSummaryOfASessionIsChanged() {
        forger.session(event(1), "count", "3");
        AuditReport report = audit();
        assertThat(report.found()).as(report.toString()).containsKey(Kind.STORED);
        assertThat(report.faults())
                .anySatisfy(fault -> assertThat(fault.message()).contains("session:session-1"));
    }

    @Test
    void theWholeHistoryIsWrittenAnewWithHashesThatFit() {
        SignedNote kept = proofs.proving().checkpoint().orElseThrow();
        assertThat(audit(Optional.of(kept)).verdict()).isEqualTo(Verdict.WHOLE);
        List<RecordedEvent> others = new ArrayList<>(before);
        others.set(16, Forger.forged(event(17)));
        forger.rewrite(others);
        assertNamed(audit(), Kind.ALTERED, 17);
        // Whoever has the key and the log's files signs for it again.
        empty(proofs.storage());
        long ignored = forger.redis().hdel(forger.keys().retention(), "sealed");
        proofs.seal();
        assertThat(audit().verdict()).isEqualTo(Verdict.WHOLE);
        AuditReport report = audit(Optional.of(kept));
        assertThat(report.verdict()).isEqualTo(Verdict.FAULTY);
        assertThat(report.found()).containsOnlyKeys(Kind.HISTORY);
        assertThat(report.history()).hasValueSatisfying(told -> assertThat(told).contains("written anew"));
    }
}
