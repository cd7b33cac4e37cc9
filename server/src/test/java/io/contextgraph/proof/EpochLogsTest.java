// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.archive.Archive;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.forward.ForwardingLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.operation.Watcher;
import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.audit.AuditFault;
import io.contextgraph.proof.audit.AuditParts;
import io.contextgraph.proof.audit.AuditReport;
import io.contextgraph.proof.audit.Auditor;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Tile;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.witness.Witnesses;
import io.contextgraph.restoring.TestArchive;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of logs where one epoch of a ledger follows another. */
class EpochLogsTest extends WitnessedLog {
    private final TestArchive archive = new TestArchive();

    @AfterEach
    void closeArchive() {
        archive.close();
    }

    /** Is killed before it writes the first tile of what it has claimed. */
    private static final class Killed extends ForwardingStorage {
        private Optional<String> claimed = Optional.empty();

        private Killed(Storage storage) {
            super(storage);
        }

        @Override
        public void put(String file, byte[] content) {
            if (claimed.filter(file::startsWith).isPresent()) {
                throw new StorageException(StorageException.Reason.UNAVAILABLE, "killed");
            }
            if (file.contains("/claims/")) {
                claimed = Optional.of(file.replaceFirst("claims/.*", "tile/"));
            }
            super.put(file, content);
        }
    }

    private void sign(Partition of) {
        try (LedgerSealer sealer = sealer(of, storage(), Witnesses.NONE)) {
            drain(sealer);
        }
    }

    /** Takes note of what was lost, and signs for nothing yet. */
    private void begin(Partition of) {
        try (LedgerSealer sealer = sealer(of, storage(), Witnesses.NONE)) {
            assertThat(sealer.drain()).isZero();
        }
    }

    /** Undertakes to sign for everything, and is killed before any of it is stored. */
    private void claim(Partition of) {
        try (LedgerSealer sealer = sealer(of, new Killed(storage()), Witnesses.NONE)) {
            assertThatThrownBy(sealer::drain).hasMessage("killed");
        }
    }

    private LogCheckpoint last() {
        return last(name());
    }

    private LogCheckpoint last(LogName log) {
        LogCheckpoint last = LogCheckpoint.parse(newest(log).text());
        assertThat(new Tree(new StoredLog(storage(), log), last.size()).root()).isEqualTo(last.root());
        return last;
    }

    private Predecessor predecessor() {
        return Predecessor.parse(
                new StoredLog(storage(), name()).predecessor().orElseThrow().text());
    }

    private Auditor auditor(Partition of, Storage where) {
        return new Auditor(new AuditParts(
                of, where, keys(), NAME, Optional::empty, List::of, Optional::empty, TestProofs::sound, folder));
    }

    private AuditReport audit(Partition of) {
        return auditor(of, storage()).run(new Auditor.Request(Optional.empty(), List.of(), 10), Watcher.NONE);
    }

    private void assertWhole(Partition of) {
        AuditReport report = audit(of);
        assertThat(report.verdict()).as(report.toString()).isEqualTo(AuditReport.Verdict.WHOLE);
    }

    /** A second epoch has taken over the first 500 events, and somebody undertaken to sign for 520 in it. */
    private List<RecordedEvent> claimedInTheSecond() {
        given(1, 500);
        sign(ledger);
        assertThat(ledger.epochs().begin(1, 2, ledger.order().head())).isTrue();
        given(501, 520);
        claim(ledger);
        assertThat(new StoredLog(storage(), name()).newest()).isEmpty();
        return all();
    }

    @Test
    void aClaimThatIsLostBeforeAnythingWasPublishedTakesNothingElseAlong() {
        List<RecordedEvent> events = claimedInTheSecond();
        Partition lost = new LedgerAs(ledger, events.subList(0, 510));
        begin(lost);
        assertThat(name().epoch()).isEqualTo(3);
        assertThat(ledger.epochs().now().identity().lastCommon(2).map(Head::seq))
                .contains(500L);
        sign(lost);
        assertThat(last().size()).isEqualTo(510);
        assertThat(predecessor().common()).isEqualTo(500);
        assertThat(predecessor().last().origin()).endsWith("/e1");
        assertWhole(lost);
    }

    @Test
    void aClaimThatIsLostWithSomeOfWhatWasTakenOverEndsItsEpoch() {
        List<RecordedEvent> events = claimedInTheSecond();
        Partition lost = new LedgerAs(ledger, LedgerAs.lost(events, 490, 530));
        begin(lost);
        assertThat(name().epoch()).isEqualTo(3);
        assertThat(ledger.epochs().now().identity().lastCommon(2).map(Head::seq))
                .contains(490L);
        sign(lost);
        assertThat(last().size()).isEqualTo(530);
        assertThat(predecessor().common()).isEqualTo(490);
        assertWhole(lost);
    }

    private LedgerSealer sealer(Storage where, boolean archives) {
        return new LedgerSealer(
                new SealerParts(
                        ledger,
                        where,
                        keys(),
                        new ProofSettings(NAME, Duration.ofSeconds(5), 1000),
                        () -> archives
                                ? Archive.of(archive.storage(), ledger.epochs()).stream()
                                        .toList()
                                : List.of(),
                        folder.resolve("work"),
                        Witnesses.NONE,
                        clock),
                archives ? "archives" : "none");
    }

    private void gone(List<RecordedEvent> events) {
        trim();
        TestArchive.prune(ledger, archive.write(ledger, events));
    }

    private void gone(int events) {
        trim();
        TestArchive.prune(ledger, archive.write(ledger, events));
    }

    private void trim() {
        try (var consumer = ledger.feed("projection").open("one")) {
            consumer.acknowledge(consumer.poll(500, Duration.ZERO).stream()
                    .map(Delivery::position)
                    .toList());
        }
        TrimmedFixture.trim(ledger.trimming());
    }

    @Test
    void whoeverKnowsLessOfWhatHasGoneThanTheOneThatClaimedWaits() {
        given(1, 40);
        gone(25);
        try (LedgerSealer knows = sealer(new Killed(storage()), true)) {
            assertThatThrownBy(knows::drain).hasMessage("killed");
        }
        try (LedgerSealer lacks = sealer(storage(), false);
                LedgerSealer knows = sealer(storage(), true)) {
            assertThatThrownBy(lacks::drain)
                    .isInstanceOfSatisfying(
                            ProofException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.MISSING))
                    .hasMessageContaining("nothing is known of 25");
            assertThat(name().epoch()).isEqualTo(1);
            // It does not keep the other one from it.
            drain(knows);
            assertThat(last().size()).isEqualTo(40);
            assertThat(name().epoch()).isEqualTo(1);
        }
    }

    @Test
    void whatHasGoneByTheRulesIsNoPartOfALoss() {
        given(1, 40);
        gone(25);
        try (LedgerSealer lacks = sealer(new Killed(storage()), false)) {
            assertThatThrownBy(lacks::drain).hasMessage("killed");
        }
        try (LedgerSealer knows = sealer(storage(), true)) {
            assertThat(knows.drain()).isZero();
            assertThat(name().epoch()).isEqualTo(2);
            assertThat(ledger.epochs().now().identity().lastCommon(1).map(Head::seq))
                    .contains(25L);
            drain(knows);
        }
        assertThat(last().size()).isEqualTo(40);
    }

    /** The ledger as it was, for whoever looks at it first. */
    private Partition late(Epochs.Standing before) {
        Partition real = ledger;
        Epochs epochs = new Epochs() {
            private Optional<Standing> first = Optional.of(before);

            @Override
            public Standing now() {
                Standing now = first.orElseGet(real.epochs()::now);
                first = Optional.empty();
                return now;
            }

            @Override
            public boolean begin(long ends, long begins, Head lastCommon) {
                return real.epochs().begin(ends, begins, lastCommon);
            }
        };
        return new ForwardingLedger(real) {
            @Override
            public Epochs epochs() {
                return epochs;
            }
        };
    }

    @Test
    void whatAnotherHasSignedSinceIsNoLoss() {
        given(1, 500);
        sign(ledger);
        Epochs.Standing before = ledger.epochs().now();
        given(501, 503);
        sign(ledger);
        try (LedgerSealer sealer = sealer(late(before), storage(), Witnesses.NONE)) {
            assertThat(sealer.drain()).isZero();
            assertThat(ledger.epochs().now().identity().epoch()).isEqualTo(1);
            given(504, 504);
            assertThat(sealer.drain()).isEqualTo(1);
        }
        assertThat(last().size()).isEqualTo(504);
    }

    /** Takes a second for each tile, or for each file that it opens. */
    private final class Slow extends ForwardingStorage {
        private Slow(Storage storage) {
            super(storage);
        }

        @Override
        public void put(String file, byte[] content) {
            if (file.contains("/tile/")) {
                clock.advance(Duration.ofSeconds(2));
            }
            super.put(file, content);
        }

        @Override
        public InputStream open(String file) {
            if (file.endsWith(".ids")) {
                clock.advance(Duration.ofSeconds(9));
            }
            return super.open(file);
        }
    }

    @Test
    void whatIsTakenOverMayTakeLongerThanTheLease() {
        given(1, 5000);
        sign(ledger);
        assertThat(ledger.epochs().begin(1, 2, ledger.order().head())).isTrue();
        given(5001, 5001);
        Partition leased = new LedgerAs(ledger, all()).leased(clock);
        try (LedgerSealer sealer = sealer(leased, new Slow(storage()), Witnesses.NONE)) {
            drain(sealer);
        }
        assertThat(last().size()).isEqualTo(5001);
    }

    @Test
    void whatHasGoneMayBeReadForLongerThanTheLease() {
        given(1, 60);
        List<RecordedEvent> before = all();
        for (int events = 10; events <= 50; events += 10) {
            gone(before.subList(events - 10, events));
        }
        Partition leased = new LedgerAs(ledger, all()).leased(clock);
        Storage slow = new Slow(archive.storage());
        try (LedgerSealer sealer = new LedgerSealer(
                new SealerParts(
                        leased,
                        storage(),
                        keys(),
                        new ProofSettings(NAME, Duration.ofSeconds(5), 1000),
                        () -> Archive.of(slow, ledger.epochs()).stream().toList(),
                        folder.resolve("work"),
                        Witnesses.NONE,
                        clock),
                "slow")) {
            drain(sealer);
        }
        assertThat(last().size()).isEqualTo(60);
    }

    /** Whoever has the key says that more was lost than was. */
    @Test
    void whatIsSaidToBeLostAndIsThereIsFound() {
        given(1, 40);
        sign(ledger);
        List<RecordedEvent> events = all();
        Partition lost = new LedgerAs(ledger, LedgerAs.lost(events, 30, 45));
        begin(lost);
        sign(lost);
        assertWhole(lost);
        Predecessor said = predecessor();
        assertThat(said.common()).isEqualTo(30);
        Storage storage = storage();
        String file = name().folder() + "predecessor";
        assertThat(storage.delete(file)).isEqualTo(Storage.Deletion.GONE);
        Predecessor less = new Predecessor(
                origin(), said.last(), 20, new Tree(new StoredLog(storage, name()), last().size()).root(20));
        storage.put(
                file,
                SignedNote.of(less.text(), origin(), keys().read().signing())
                        .encoded()
                        .getBytes(StandardCharsets.UTF_8));
        AuditReport report = audit(lost);
        assertThat(report.found()).as(report.toString()).containsOnlyKeys(AuditFault.Kind.HISTORY);
        assertThat(report.faults().getFirst().message()).contains("says that it has lost");
    }

    /** Whatever the ledger says of where its epoch began. */
    @Test
    void whatIsThereIsTakenOver() {
        given(1, 40);
        sign(ledger);
        assertThat(ledger.epochs().begin(1, 2, Head.EMPTY)).isTrue();
        given(41, 42);
        sign(ledger);
        assertThat(predecessor().common()).isEqualTo(40);
        assertWhole(ledger);
    }

    /** Stands still when it has claimed, until others have done something. */
    private static final class Paused extends ForwardingStorage {
        private final Runnable others;
        private boolean claimed;

        private Paused(Storage storage, Runnable others) {
            super(storage);
            this.others = others;
        }

        @Override
        public void put(String file, byte[] content) {
            if (claimed && file.contains("/tile/")) {
                claimed = false;
                others.run();
            }
            claimed |= file.contains("/claims/");
            super.put(file, content);
        }
    }

    /** As it is now, on a Redis that another one takes the place of. */
    private LedgerAs old() {
        return new LedgerAs(ledger, all())
                .apart(ledger.epochs().now().identity(), ledger.sealing().seal());
    }

    @Test
    void whoeverIsTooLatePublishesWhatWasClaimedAndNothingMore() {
        given(1, 500);
        sign(ledger);
        given(501, 510);
        List<RecordedEvent> events = all();
        LogName first = name();
        LedgerAs old = old();
        LedgerAs lost = new LedgerAs(ledger, events.subList(0, 505));
        Storage paused = new Paused(storage(), () -> {
            begin(lost);
            lost.have(LedgerAs.lost(events, 505, 520));
            sign(lost);
        });
        try (LedgerSealer slow = sealer(old, paused, Witnesses.NONE)) {
            drain(slow);
            assertThat(last(first).size()).isEqualTo(510);
            assertThat(last().size()).isEqualTo(520);
            assertThat(name().epoch()).isEqualTo(2);
            assertWhole(lost);
            old.have(LedgerAs.lost(events, 510, 515));
            assertThatThrownBy(slow::drain)
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("another server has gone on");
        }
        assertThat(last(first).size()).isEqualTo(510);
        assertWhole(lost);
        // So it is where everything that was claimed is still there, too.
        List<RecordedEvent> more = LedgerAs.lost(events, 505, 540);
        lost.have(more);
        sign(lost);
        assertWhole(lost);
    }

    @Test
    void nobodyGoesOnWithALogThatWasTakenOver() {
        given(1, 500);
        LedgerAs old = old();
        LogName first = name();
        try (LedgerSealer slow = sealer(old, storage(), Witnesses.NONE)) {
            drain(slow);
            List<RecordedEvent> events = all();
            Partition lost = new LedgerAs(ledger, LedgerAs.lost(events, 490, 520));
            begin(lost);
            sign(lost);
            assertThat(predecessor().common()).isEqualTo(490);
            old.have(LedgerAs.lost(events, 500, 515));
            assertThatThrownBy(slow::drain).isInstanceOf(LedgerException.class);
            assertThatThrownBy(slow::drain)
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("whose log has ended");
            assertThat(last(first).size()).isEqualTo(500);
            assertWhole(lost);
        }
    }

    @Test
    void whoeverIsTooLateWithTheFirstCheckpointOfAllRaisesNoAlarm() {
        given(1, 10);
        List<RecordedEvent> events = all();
        LogName first = name();
        LedgerAs lost = new LedgerAs(ledger, events.subList(0, 5));
        Storage paused = new Paused(storage(), () -> {
            begin(lost);
            lost.have(LedgerAs.lost(events, 5, 12));
            sign(lost);
        });
        try (LedgerSealer slow = sealer(old(), paused, Witnesses.NONE)) {
            drain(slow);
        }
        assertThat(last(first).size()).isEqualTo(10);
        assertThat(last().size()).isEqualTo(12);
        assertWhole(lost);
    }

    @Test
    void whereverSomebodyIsKilledALogIsTakenOverOnce() {
        given(1, 600);
        sign(ledger);
        given(601, 610);
        claim(ledger);
        List<RecordedEvent> events = all();
        Partition lost = new LedgerAs(ledger, LedgerAs.lost(events, 590, 620));
        begin(lost);
        int at = 0;
        boolean killed = true;
        while (killed) {
            try (LedgerSealer victim = sealer(lost, new KilledStorage(storage(), at), Witnesses.NONE)) {
                drain(victim);
                killed = false;
            } catch (StorageException there) {
                at++;
            }
        }
        assertThat(at).isGreaterThan(8);
        assertThat(name().epoch()).isEqualTo(2);
        assertThat(last().size()).isEqualTo(620);
        assertThat(predecessor().common()).isEqualTo(590);
        assertThat(new StoredLog(storage(), name().of(1)).closed(610)).isPresent();
        assertWhole(lost);
    }

    @Test
    void anEpochThatRedisHasForgottenIsNotBegunTwice() {
        given(1, 500);
        sign(ledger);
        LedgerAs before = old();
        assertThat(ledger.epochs().begin(1, 2, ledger.order().head())).isTrue();
        given(501, 505);
        claim(ledger);
        try (LedgerSealer sealer = sealer(before, storage(), Witnesses.NONE)) {
            assertThatThrownBy(sealer::drain).hasMessageContaining("whose log has ended");
            clock.advance(Duration.ofMinutes(1));
            assertThat(sealer.drain()).isZero();
            assertThat(before.epochs().now().identity().epoch()).isEqualTo(3);
            assertThat(before.epochs().now().identity().lastCommon(1).map(Head::seq))
                    .contains(500L);
            assertThat(sealer.drain()).isEqualTo(500);
        }
        assertWhole(before);
    }

    @Test
    void anOlderFileOfTheLedgerIsToldAndGoesOnBehindAllLogs() {
        given(1, 500);
        sign(ledger);
        List<RecordedEvent> events = all();
        LedgerAs back = old();
        LedgerIdentity first = ledger.epochs().now().identity();
        Optional<Seal> seal = ledger.sealing().seal();
        Partition lost = new LedgerAs(ledger, LedgerAs.lost(events, 450, 600));
        begin(lost);
        sign(lost);
        assertThat(last().size()).isEqualTo(600);
        AuditReport report = audit(back);
        assertThat(report.found()).as(report.toString()).containsOnlyKeys(AuditFault.Kind.CUT);
        assertThat(report.faults().getFirst().message()).contains("600 events were signed for in", "/e2");
        try (LedgerSealer sealer = sealer(back, storage(), Witnesses.NONE)) {
            assertThatThrownBy(sealer::drain)
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("an older file of Redis was put back");
            clock.advance(Duration.ofMinutes(1));
            assertThat(sealer.drain()).isZero();
            assertThat(sealer.drain()).isEqualTo(500);
        }
        assertThat(back.epochs().now().identity().epoch()).isEqualTo(3);
        Predecessor said = Predecessor.parse(new StoredLog(storage(), name().of(3))
                .predecessor()
                .orElseThrow()
                .text());
        assertThat(said.last().origin()).endsWith("/e2");
        assertThat(said.common()).isEqualTo(450);
        assertWhole(back);
        // Somebody else has begun an epoch that there has been.
        LedgerIdentity second = new LedgerIdentity(
                first.id(),
                0,
                2,
                List.of(new LedgerIdentity.Cut(2, ledger.order().head())));
        LedgerAs again = new LedgerAs(ledger, events).apart(second, seal);
        try (LedgerSealer sealer = sealer(again, storage(), Witnesses.NONE)) {
            assertThatThrownBy(sealer::drain).isInstanceOf(LedgerException.class);
            clock.advance(Duration.ofMinutes(1));
            assertThat(sealer.drain()).isZero();
            assertThat(sealer.drain()).isEqualTo(500);
        }
        assertThat(again.epochs().now().identity().epoch()).isEqualTo(4);
        assertWhole(again);
    }

    @Test
    void anEpochOfTheSameNumberIsNotTakenForTheOneThatWasSigned() {
        given(1, 500);
        sign(ledger);
        List<RecordedEvent> events = all();
        LedgerIdentity first = ledger.epochs().now().identity();
        Optional<Seal> seal = ledger.sealing().seal();
        Partition lost = new LedgerAs(ledger, LedgerAs.lost(events, 450, 600));
        begin(lost);
        sign(lost);
        LedgerIdentity second = new LedgerIdentity(
                first.id(),
                0,
                2,
                List.of(new LedgerIdentity.Cut(2, ledger.order().head())));
        LedgerAs other = new LedgerAs(ledger, events).apart(second, seal);
        try (LedgerSealer sealer = sealer(other, storage(), Witnesses.NONE)) {
            assertThat(sealer.drain()).isZero();
            assertThat(other.epochs().now().identity().epoch()).isEqualTo(3);
            assertThat(sealer.drain()).isEqualTo(500);
        }
        assertWhole(other);
    }

    /** Where another Redis goes on, this one waits. */
    @Test
    void nobodyEndsTheEpochOfSomebodyWhoSigns() {
        given(1, 500);
        sign(ledger);
        List<RecordedEvent> events = all();
        LedgerAs old = old();
        LedgerAs lost = new LedgerAs(ledger, LedgerAs.lost(events, 450, 501));
        begin(lost);
        try (LedgerSealer sealer = sealer(old, storage(), Witnesses.NONE)) {
            for (int n = 0; n < 5; n++) {
                lost.have(LedgerAs.lost(events, 450, 502 + n));
                sign(lost);
                assertThatThrownBy(sealer::drain).isInstanceOf(LedgerException.class);
                clock.advance(Duration.ofSeconds(45));
            }
        }
        assertThat(old.epochs().now().identity().epoch()).isEqualTo(1);
    }

    @Test
    void anEpochOfWhichNothingWasSignedIsLookedAtByTheLogBefore() {
        given(1, 40);
        sign(ledger);
        Partition lost = new LedgerAs(ledger, LedgerAs.lost(all(), 30, 45));
        begin(lost);
        AuditReport report = audit(lost);
        assertThat(report.verdict()).as(report.toString()).isEqualTo(AuditReport.Verdict.INCOMPLETE);
        assertThat(report.unchecked()).singleElement().asString().contains("behind seq 30");
        assertThat(report.counts().hot()).isEqualTo(30);
    }

    @Test
    void aTileOfWhatWasClaimedIsNeverWrittenOver() {
        List<RecordedEvent> events = claimedInTheSecond();
        assertThat(events).hasSize(520);
        String tile = name().folder() + "tile/0/000";
        byte[] hashes =
                new StoredLog(storage(), name()).read(Tile.parse("tile/0/000").orElseThrow());
        hashes[3] ^= 1;
        assertThat(storage().delete(tile)).isEqualTo(Storage.Deletion.GONE);
        storage().put(tile, hashes);
        try (LedgerSealer sealer = sealer(ledger, storage(), Witnesses.NONE)) {
            assertThatThrownBy(sealer::drain)
                    .isInstanceOfSatisfying(
                            ProofException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.DAMAGED))
                    .hasMessageContaining("tile/0/000");
        }
    }

    @Test
    void whoeverWatchesAnAuditIsToldOfEarlierLogs() {
        given(1, 600);
        sign(ledger);
        for (int epoch = 2; epoch <= 4; epoch++) {
            assertThat(ledger.epochs().begin(epoch - 1, epoch, ledger.order().head()))
                    .isTrue();
            given(600 + epoch, 600 + epoch);
            sign(ledger);
        }
        List<String> opened = new ArrayList<>();
        Storage counting = new ForwardingStorage(storage()) {
            @Override
            public InputStream open(String file) {
                opened.add(file);
                return super.open(file);
            }
        };
        List<Long> told = new ArrayList<>();
        AuditReport report = auditor(ledger, counting)
                .run(new Auditor.Request(Optional.empty(), List.of(), 10), new Watcher() {
                    @Override
                    public void at(Phase phase, long done, long total) {
                        if (phase == Auditor.Phase.LOGS) {
                            told.add(done);
                        }
                    }
                });
        assertThat(report.verdict()).as(report.toString()).isEqualTo(AuditReport.Verdict.WHOLE);
        assertThat(report.cuts()).hasSize(3);
        assertThat(told).hasSizeGreaterThan(5).contains(512L);
        // All leaves of the log before are read, and of those before it what leads to their roots.
        assertThat(opened).anyMatch(file -> file.contains("/e3/tile/0/000"));
        assertThat(opened).noneMatch(file -> file.contains("/e1/tile/0/000"));
    }
}
