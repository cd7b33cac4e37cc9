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
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.mend.RedisMender;
import io.contextgraph.ledger.redis.search.IdPages;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.ManualClock;
import io.contextgraph.proof.LogName;
import io.contextgraph.proof.ProofException;
import io.contextgraph.proof.Prover;
import io.contextgraph.proof.StoredLog;
import io.contextgraph.proof.TestProofs;
import io.contextgraph.proof.audit.AuditFault.Kind;
import io.contextgraph.proof.audit.AuditReport.Verdict;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Tile;
import io.contextgraph.restoring.TestArchive;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StoredFile;
import io.contextgraph.testing.Events;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is done to a real Redis behind the back of its servers, and how the audit names it. */
public abstract class ManipulationsContract extends LedgerContract<PartitionFixture> {
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

    /** A tile as it is stored, and what takes its place. */
    private void alter(LogName log, String tile, UnaryOperator<byte[]> altered) {
        Storage storage = proofs.storage();
        String file = storage.list("").stream()
                .map(StoredFile::name)
                .filter(name -> name.endsWith("/e" + log.epoch() + "/" + tile))
                .findFirst()
                .orElseThrow();
        byte[] hashes = new StoredLog(storage, log).read(Tile.parse(tile).orElseThrow());
        assertThat(storage.delete(file)).isEqualTo(Storage.Deletion.GONE);
        byte[] others = altered.apply(hashes.clone());
        if (others.length > 0) {
            storage.put(file, others);
        }
    }

    private static byte[] flipped(byte[] hashes) {
        hashes[hashes.length - 1] ^= 1;
        return hashes;
    }

    private LogName log() {
        return LogName.of(ledger.epochs().now().identity()).orElseThrow();
    }

    private void append(int from, int to) {
        append(LongStream.rangeClosed(from, to)
                .mapToObj(n -> Events.event(n, "session-" + n % 3))
                .toList());
        before = all();
        proofs.seal();
    }

    @Test
    void whatIsStoredAboveTheLeavesOfAnotherHistoryProvesNothing() {
        append(EVENTS + 1, 600);
        SignedNote kept = proofs.proving().checkpoint().orElseThrow();
        String tile = "tile/1/000.p/2";
        byte[] old =
                new StoredLog(proofs.storage(), log()).read(Tile.parse(tile).orElseThrow());
        List<RecordedEvent> others = new ArrayList<>(before);
        others.set(16, Forger.forged(event(17)));
        forger.rewrite(others);
        empty(proofs.storage());
        long ignored = forger.redis().hdel(forger.keys().retention(), "sealed");
        proofs.seal();
        alter(log(), tile, altered -> old);
        AuditReport report = audit(Optional.of(kept));
        assertThat(report.found()).as(report.toString()).containsOnlyKeys(Kind.HISTORY, Kind.TILE);
        assertThat(report.faults())
                .anySatisfy(fault -> assertThat(fault.message()).contains(tile));
    }

    @Test
    void aTileIsAlteredOrMissing() {
        append(EVENTS + 1, 600);
        alter(log(), "tile/1/000.p/2", ManipulationsContract::flipped);
        assertThat(audit().found()).containsOnlyKeys(Kind.TILE);
        alter(log(), "tile/1/000.p/2", ManipulationsContract::flipped);
        assertThat(audit().verdict()).isEqualTo(Verdict.WHOLE);
        // Those behind one that is missing are looked at all the same.
        forger.document(Forger.altered(event(599)));
        alter(log(), "tile/0/000", hashes -> new byte[0]);
        AuditReport report = audit();
        assertThat(report.found()).as(report.toString()).containsOnlyKeys(Kind.TILE, Kind.STORED);
        assertNamed(report, Kind.STORED, 599);
    }

    /** Takes away what stands behind a number, and all that tells of it. */
    private void cut(int last) {
        for (int seq = last + 1; seq <= before.size(); seq++) {
            forger.delete(event(seq).event().id());
            forger.number(seq, IdPages.NO_ID);
        }
        forger.rewrite(before.subList(0, last));
    }

    private void mend() {
        try (RedisMender mender = RedisMender.open(((RedisFixture) ledger).settings())) {
            Examined ignored = mender.mend(damage -> {}, looked -> {});
        }
    }

    private void assertRefusedToSign() {
        assertThatThrownBy(proofs::seal)
                .isInstanceOf(ProofException.class)
                .hasMessageContaining("somebody has altered it");
        assertThat(new StoredLog(proofs.storage(), log()).newest()).isEmpty();
    }

    /** What begins epochs looks at the end alone. */
    @Test
    void whatIsAlteredIsNotCoveredUpByAnEpochThatBegins() {
        List<RecordedEvent> others = new ArrayList<>(before);
        others.set(19, Forger.forged(event(20)));
        cut(EVENTS - 1);
        forger.rewrite(others.subList(0, EVENTS - 1));
        assertThat(ledger.epochs()
                        .begin(1, 2, new Head(EVENTS - 1, event(EVENTS - 1).position())))
                .isTrue();
        assertRefusedToSign();
        assertNamed(audit(), Kind.ALTERED, 20);
    }

    @Test
    void whoeverWritesThatNothingIsInCommonCoversNothingUp() {
        List<RecordedEvent> others = new ArrayList<>(before);
        others.set(16, Forger.forged(event(17)));
        forger.rewrite(others);
        assertThat(ledger.epochs().begin(1, 2, Head.EMPTY)).isTrue();
        assertRefusedToSign();
        assertThat(audit().verdict()).isNotEqualTo(Verdict.WHOLE);
    }

    @Test
    void anotherRootIsRemembered() {
        String key = forger.keys().retention();
        String sealed = forger.redis().hget(key, "sealed");
        String root = LogCheckpoint.parse(
                        proofs.proving().checkpoint().orElseThrow().text())
                .root()
                .base64();
        assertThat(sealed).contains(root);
        long ignored = forger.redis()
                .hset(key, "sealed", sealed.replace(root, (root.startsWith("A") ? "B" : "A") + root.substring(1)));
        AuditReport report = audit();
        assertThat(report.found()).as(report.toString()).containsOnlyKeys(Kind.CHECKPOINT);
        assertThat(report.faults().getFirst().message()).contains("HDEL");
        append(Events.event(EVENTS + 1, "session-1"));
        assertThatThrownBy(proofs::seal).isInstanceOf(ProofException.class);
        ignored = forger.redis().hdel(key, "sealed");
        proofs.seal();
        assertThat(audit().verdict()).isEqualTo(Verdict.WHOLE);
        assertThat(audit().counts().sealed()).isEqualTo(EVENTS + 1);
    }

    @Test
    void whatALedgerHasLostIsSaidAndTheLogOfItIsLookedAt() {
        cut(30);
        mend();
        assertThat(ledger.epochs().begin(1, 2, new Head(30, event(30).position())))
                .isTrue();
        append(31, EVENTS);
        AuditReport report = audit();
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.WHOLE);
        assertThat(report.cuts()).singleElement().satisfies(cut -> {
            assertThat(cut.origin()).endsWith("/e1");
            assertThat(cut.signed()).isEqualTo(EVENTS);
            assertThat(cut.lost()).isEqualTo(EVENTS - 30);
        });
        LogName earlier = log().of(1);
        alter(earlier, "tile/0/000.p/" + EVENTS, ManipulationsContract::flipped);
        report = audit();
        assertThat(report.found()).as(report.toString()).containsOnlyKeys(Kind.HISTORY);
        assertThat(report.faults().getFirst().message()).contains("do not lead to the root");
        // A log that does not say what it goes on with.
        for (StoredFile file : proofs.storage().list("")) {
            if (file.name().endsWith("/e2/predecessor")) {
                assertThat(proofs.storage().delete(file.name())).isEqualTo(Storage.Deletion.GONE);
            }
        }
        report = audit();
        assertThat(report.found()).as(report.toString()).containsOnlyKeys(Kind.HISTORY);
        assertThat(report.faults().getFirst().message()).contains("begun anew");
        assertThat(report.cuts()).isEmpty();
    }

    /** Were it taken for a loss, a new log would cover it up. */
    @Test
    void whatIsAlteredInTheMiddleAndAtTheEndIsNoLoss() {
        List<RecordedEvent> others = new ArrayList<>(before);
        others.set(16, Forger.forged(event(17)));
        others.set(EVENTS - 1, Forger.forged(event(EVENTS)));
        forger.rewrite(others);
        append(Events.event(EVENTS + 1, "session-1"));
        assertThatThrownBy(proofs::seal)
                .isInstanceOf(ProofException.class)
                .hasMessageContaining("somebody has altered it");
        assertThat(log().epoch()).isEqualTo(1);
        assertThat(audit().found()).containsKey(Kind.ALTERED);
    }

    @Test
    void whatTheLedgerRemembersOfItsSignersIsAltered() {
        long ignored = forger.redis().hset(forger.keys().retention(), "sealed", "{}");
        assertThat(audit().found()).containsOnlyKeys(Kind.CHECKPOINT);
        append(Events.event(EVENTS + 1, "session-1"));
        assertThatThrownBy(proofs::seal)
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("somebody has altered it")
                .hasMessageContaining("where contextgraph audit finds nothing wrong but this");
        // What the message says can be done.
        ignored = forger.redis().hdel(forger.keys().retention(), "sealed");
        proofs.seal();
        assertThat(ledger.sealing().seal().orElseThrow().last().seq()).isEqualTo(EVENTS + 1);
        assertThat(audit().verdict()).isEqualTo(Verdict.WHOLE);
    }
}
