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
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.forward.ForwardingLedger;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.ledger.seal.Sealing;
import io.contextgraph.ledger.seal.Settled;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.ManualClock;
import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.audit.AuditParts;
import io.contextgraph.proof.audit.AuditReport;
import io.contextgraph.proof.audit.Auditor;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.Proofs;
import io.contextgraph.proof.tree.Tile;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.tree.TreeHasher;
import io.contextgraph.proof.witness.Witnesses;
import io.contextgraph.restoring.TestArchive;
import io.contextgraph.signing.SigningKeys;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StoredFile;
import io.contextgraph.storage.folder.FolderStorage;
import io.contextgraph.testing.Events;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a {@link LedgerSealer} does on every ledger. */
public abstract class SealerContract extends LedgerContract<PartitionFixture> {
    private static final String NAME = "logs.example/test";

    @TempDir
    private Path folder;

    private final ManualClock clock = new ManualClock();
    private final TestArchive archive = new TestArchive();
    private final List<LedgerSealer> sealers = new ArrayList<>();

    @AfterEach
    void closeAll() {
        sealers.forEach(LedgerSealer::close);
        archive.close();
    }

    private Storage storage() {
        return new FolderStorage(folder.resolve("log"));
    }

    private ProofKeys keys() {
        return new ProofKeys(folder.resolve("proof.key"));
    }

    private LedgerSealer sealer() {
        return sealer(ledger, storage(), keys(), NAME);
    }

    private LedgerSealer sealer(Partition of, Storage where, ProofKeys by, String name) {
        SealerParts parts = new SealerParts(
                of,
                where,
                by,
                new ProofSettings(name, Duration.ofSeconds(5), 1000),
                () -> Archive.of(archive.storage(), of.epochs()).stream().toList(),
                folder.resolve("work"),
                Witnesses.NONE,
                clock);
        LedgerSealer sealer = new LedgerSealer(parts, "sealer-" + sealers.size());
        sealers.add(sealer);
        return sealer;
    }

    /** Signs for everything; a store that does not say what it has on its disk is given its time. */
    private void drain(LedgerSealer sealer) {
        long ignored = sealer.drain();
        while (sealer.state().waiting() > 0) {
            clock.advance(Duration.ofSeconds(2));
            ignored = sealer.drain();
        }
    }

    private void given(long from, long to) {
        append(LongStream.rangeClosed(from, to)
                .mapToObj(n -> Events.event(n, "session-" + n % 3))
                .toList());
    }

    private LogName name() {
        return LogName.of(ledger.epochs().now().identity()).orElseThrow();
    }

    private LogCheckpoint newest() {
        return newest(name());
    }

    /** The newest checkpoint of a log, of which it is asserted that it was signed and that its tiles lead to it. */
    private LogCheckpoint newest(LogName log) {
        StoredLog stored = new StoredLog(storage(), log);
        SignedNote note = stored.newest().orElseThrow();
        LogCheckpoint checkpoint = LogCheckpoint.parse(note.text());
        assertThat(checkpoint.origin()).isEqualTo(log.origin(NAME));
        assertThat(ProofKeys.haveSigned(note, checkpoint.origin(), keys().read().shown()))
                .isTrue();
        assertThat(new Tree(stored, checkpoint.size()).root()).isEqualTo(checkpoint.root());
        return checkpoint;
    }

    private Tree tree() {
        return new Tree(new StoredLog(storage(), name()), newest().size());
    }

    /** Each event is in the log at its place, and that is proven. */
    private void assertLogged(List<RecordedEvent> events) {
        LogCheckpoint checkpoint = newest();
        Tree tree = tree();
        for (RecordedEvent event : events) {
            Leaf leaf = Leaf.of(event);
            assertThat(Leaf.parse(leaf.text())).isEqualTo(leaf);
            assertThat(Proofs.includes(
                            new TreeHasher().leaf(leaf.entry()),
                            event.seq() - 1,
                            checkpoint.size(),
                            tree.inclusion(event.seq() - 1, checkpoint.size()),
                            checkpoint.root()))
                    .isTrue();
        }
    }

    @Test
    void everyEventIsInTheLogAtItsNumber() {
        LedgerSealer sealer = sealer();
        drain(sealer);
        assertThat(sealer.state().sealed()).isZero();
        given(1, 700);
        drain(sealer);
        assertThat(newest().size()).isEqualTo(700);
        assertLogged(all());
        LogCheckpoint before = newest();
        given(701, 710);
        drain(sealer);
        assertLogged(all());
        assertThat(Proofs.extend(
                        before.size(),
                        before.root(),
                        newest().size(),
                        newest().root(),
                        tree().consistency(before.size(), newest().size())))
                .isTrue();
        Seal seal = ledger.sealing().seal().orElseThrow();
        assertThat(seal.last()).isEqualTo(ledger.order().head());
        assertThat(seal.lastId()).contains(all().getLast().event().id());
        assertThat(seal.root()).isEqualTo(newest().root().base64());
    }

    @Test
    void aCheckpointWaitsForMoreEventsAndNotForLong() {
        LedgerSealer sealer = sealer();
        given(1, 3);
        drain(sealer);
        given(4, 5);
        assertThat(sealer.step()).isZero();
        assertThat(sealer.state().waiting()).isEqualTo(2);
        clock.advance(Duration.ofSeconds(5));
        drain(sealer);
        assertThat(sealer.state().waiting()).isZero();
        assertThat(newest().size()).isEqualTo(5);
        given(6, 1005);
        // So many are not waited with.
        long ignored = sealer.step();
        clock.advance(Duration.ofSeconds(2));
        ignored = sealer.step();
        assertThat(newest().size()).isEqualTo(1005);
    }

    @Test
    void ofTwoServersOneSigns() {
        LedgerSealer first = sealer();
        LedgerSealer second = sealer(another(), storage(), keys(), NAME);
        given(1, 300);
        drain(first);
        given(301, 310);
        assertThat(second.drain()).isZero();
        assertThat(second.state().own()).isFalse();
        assertThat(second.state().sealed()).isEqualTo(300);
        assertThat(second.state().waiting()).isEqualTo(10);
        first.close();
        drain(second);
        assertThat(newest().size()).isEqualTo(310);
        assertLogged(all());
        given(311, 320);
        assertThat(first.drain()).isZero();
    }

    @Test
    void aStoreThatCannotConfirmIsGivenTwoSeconds() {
        LedgerSealer sealer = sealer();
        given(1, 3);
        long first = sealer.drain();
        if (ledger.sealing().settle().unconfirmed().isEmpty()) {
            assertThat(first).isEqualTo(3);
            assertThat(sealer.state().unconfirmed()).isEmpty();
            return;
        }
        assertThat(first).isZero();
        assertThat(sealer.state().unconfirmed()).isPresent();
        clock.advance(Duration.ofMillis(1900));
        given(4, 4);
        assertThat(sealer.drain()).isZero();
        clock.advance(Duration.ofMillis(100));
        assertThat(sealer.drain()).isEqualTo(3);
        assertThat(newest().size()).isEqualTo(3);
    }

    @Test
    void whoeverIsKilledAnywhereHasLeftWhatTheNextOneGoesOnWith() {
        LedgerSealer first = sealer();
        given(1, 250);
        drain(first);
        first.close();
        long n = 250;
        int at = 0;
        boolean killed = true;
        while (killed) {
            n += 300;
            given(n - 299, n);
            LedgerSealer victim = sealer(ledger, new KilledStorage(storage(), at), keys(), NAME);
            killed = isKilled(victim);
            victim.close();
            // Whatever was published by then is whole.
            LogCheckpoint then = newest();
            LedgerSealer next = sealer();
            drain(next);
            next.close();
            assertThat(newest().size()).isEqualTo(n);
            assertThat(tree().root(then.size())).isEqualTo(then.root());
            at++;
        }
        assertThat(at).isGreaterThan(6);
        assertLogged(all());
        assertThat(ledger.sealing().seal().orElseThrow().last().seq()).isEqualTo(n);
    }

    private boolean isKilled(LedgerSealer sealer) {
        try {
            drain(sealer);
            return false;
        } catch (StorageException killed) {
            assertThat(sealer.state().problem()).contains("killed");
            return true;
        }
    }

    @Test
    void aLogThatIsLostIsBuiltAnewAndMustBeTheSame() {
        LedgerSealer first = sealer();
        given(1, 600);
        drain(first);
        first.close();
        LogCheckpoint before = newest();
        given(601, 603);
        Storage empty = new FolderStorage(folder.resolve("empty"));
        LedgerSealer second = sealer(ledger, empty, keys(), NAME);
        drain(second);
        second.close();
        StoredLog rebuilt = new StoredLog(empty, name());
        LogCheckpoint after = LogCheckpoint.parse(rebuilt.newest().orElseThrow().text());
        assertThat(after.size()).isEqualTo(603);
        assertThat(new Tree(rebuilt, 603).root(600)).isEqualTo(before.root());
        // Somebody has exchanged what was signed.
        Seal seal = ledger.sealing().seal().orElseThrow();
        ledger.sealing()
                .remember(new Seal(
                        seal.epoch(), seal.last(), seal.lastId(), before.root().base64(), seal.keys(), seal.at()));
        assertRefused(sealer(ledger, new FolderStorage(folder.resolve("more")), keys(), NAME), Reason.ALTERED);
        assertRefused(sealer(ledger, empty, keys(), NAME), Reason.ALTERED);
    }

    private void assertRefused(LedgerSealer sealer, Reason reason) {
        assertThatThrownBy(() -> drain(sealer))
                .isInstanceOfSatisfying(
                        ProofException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
        assertThat(sealer.state().problem()).isPresent();
        sealer.close();
    }

    @Test
    void keysAndNameStayWhatTheyWere() {
        LedgerSealer first = sealer();
        given(1, 3);
        drain(first);
        first.close();
        given(4, 4);
        ProofKeys other = new ProofKeys(folder.resolve("other.key"));
        assertRefused(sealer(ledger, storage(), other, NAME), Reason.FOREIGN);
        assertThat(other.exist()).isFalse();
        other.create();
        assertRefused(sealer(ledger, storage(), other, NAME), Reason.FOREIGN);
        assertRefused(sealer(ledger, new FolderStorage(folder.resolve("empty")), other, NAME), Reason.FOREIGN);
        assertRefused(sealer(ledger, storage(), keys(), "logs.example/another"), Reason.FOREIGN);
        assertThat(keys().rotate().signing()).hasSize(2);
        LedgerSealer both = sealer();
        drain(both);
        both.close();
        SignedNote note = new StoredLog(storage(), name()).newest().orElseThrow();
        assertThat(note.lines()).hasSize(2);
        assertThat(keys().retire().signing()).hasSize(1);
        given(5, 5);
        LedgerSealer last = sealer();
        drain(last);
        assertThat(newest().size()).isEqualTo(5);
        assertThat(new StoredLog(storage(), name()).newest().orElseThrow().lines())
                .hasSize(1);
    }

    @Test
    void aTileThatWasAlteredStopsIt() {
        LedgerSealer first = sealer();
        given(1, 20);
        drain(first);
        first.close();
        String tile = name().folder() + "tile/0/000.p/20";
        byte[] hashes = new StoredLog(storage(), name())
                .read(Tile.parse("tile/0/000.p/20").orElseThrow());
        hashes[3] ^= 1;
        assertThat(storage().delete(tile)).isEqualTo(Storage.Deletion.GONE);
        storage().put(tile, hashes);
        assertRefused(sealer(), Reason.DAMAGED);
    }

    /** The ledger as if everything behind a number had never been there. */
    private Partition cutBehind(long last) {
        Head head = all().stream()
                .filter(event -> event.seq() == last)
                .map(event -> new Head(last, event.position()))
                .findFirst()
                .orElseThrow();
        return with(event -> event.seq() <= last, head);
    }

    /** The ledger as if it had some of its events only, and ended where that is said. */
    private Partition with(Predicate<RecordedEvent> there, Head head) {
        Partition real = ledger;
        EventOrder order = new EventOrder() {
            @Override
            public List<RecordedEvent> read(long afterSeq, int max) {
                return real.order().read(afterSeq, max).stream().filter(there).toList();
            }

            @Override
            public Head head() {
                return real.order().head();
            }
        };
        Epochs epochs = new Epochs() {
            @Override
            public Standing now() {
                return new Standing(real.epochs().now().identity(), head);
            }

            @Override
            public boolean begin(long ends, long begins, Head lastCommon) {
                return real.epochs().begin(ends, begins, lastCommon);
            }
        };
        return new ForwardingLedger(real) {
            @Override
            public EventOrder order() {
                return order;
            }

            @Override
            public Epochs epochs() {
                return epochs;
            }

            @Override
            public Sealing sealing() {
                return ending(real.sealing(), head);
            }
        };
    }

    /** What is there to stay of a ledger that ends there. */
    private static Sealing ending(Sealing real, Head head) {
        return (Sealing) Proxy.newProxyInstance(
                Sealing.class.getClassLoader(), new Class<?>[] {Sealing.class}, (proxy, method, arguments) -> {
                    Object told = method.invoke(real, arguments);
                    return told instanceof Settled settled
                            ? new Settled(head, settled.unconfirmed(), settled.history())
                            : told;
                });
    }

    @Test
    void aLedgerThatHasLostItsEndBeginsALogThatNamesTheOneBefore() {
        LedgerSealer first = sealer();
        given(1, 600);
        drain(first);
        first.close();
        LogCheckpoint before = newest();
        Partition lost = cutBehind(570);
        LedgerSealer second = sealer(lost, storage(), keys(), NAME);
        assertThat(second.drain()).isZero();
        second.close();
        LedgerIdentity now = ledger.epochs().now().identity();
        assertThat(now.epoch()).isEqualTo(2);
        assertThat(now.lastCommon(1).map(Head::seq)).contains(570L);
        LedgerSealer third = sealer(new LedgerAs(ledger, LedgerAs.lost(all(), 570, 600)), storage(), keys(), NAME);
        drain(third);
        assertThat(newest().size()).isEqualTo(600);
        SignedNote note = new StoredLog(storage(), name()).predecessor().orElseThrow();
        assertThat(ProofKeys.haveSigned(note, name().origin(NAME), keys().read().shown()))
                .isTrue();
        Predecessor predecessor = Predecessor.parse(note.text());
        assertThat(predecessor.last()).isEqualTo(before);
        assertThat(predecessor.common()).isEqualTo(570);
        assertThat(predecessor.cut()).isEqualTo(30);
        assertThat(predecessor.root()).isEqualTo(tree().root(570));
        assertThat(newest(new LogName(name().ledger(), 0, 1))).isEqualTo(before);
    }

    @Test
    void anEpochThatOthersHaveBegunIsTakenOver() {
        LedgerSealer sealer = sealer();
        given(1, 10);
        drain(sealer);
        given(11, 12);
        sealer.close();
        Head common = new Head(8, all().get(7).position());
        assertThat(ledger.epochs().begin(1, 2, common)).isTrue();
        List<RecordedEvent> now = LedgerAs.lost(all(), 8, 12);
        LedgerAs lost = new LedgerAs(ledger, now);
        sealer = sealer(lost, storage(), keys(), NAME);
        drain(sealer);
        assertThat(newest().size()).isEqualTo(12);
        assertLogged(now);
        assertThat(Predecessor.parse(new StoredLog(storage(), name())
                                .predecessor()
                                .orElseThrow()
                                .text())
                        .common())
                .isEqualTo(8);
        // The log of the epoch before had not come as far as the cut.
        now = LedgerAs.lost(all(), 8, 20);
        lost.have(now);
        assertThat(ledger.epochs().begin(2, 3, lost.order().head())).isTrue();
        drain(sealer);
        assertLogged(now);
        assertThat(Predecessor.parse(new StoredLog(storage(), name())
                                .predecessor()
                                .orElseThrow()
                                .text())
                        .common())
                .isEqualTo(12);
    }

    /** Epochs of a restore are times; one that was restored from before another epoch does not know of it. */
    @Test
    void aRestoreIsTakenOverFromTheNewestLogThatThereIs() {
        LedgerSealer sealer = sealer();
        given(1, 20);
        drain(sealer);
        sealer.close();
        List<RecordedEvent> events = all();
        assertThat(ledger.epochs().begin(1, 2, new Head(15, events.get(14).position())))
                .isTrue();
        LedgerAs other = new LedgerAs(ledger, LedgerAs.lost(events, 15, 20));
        sealer = sealer(other, storage(), keys(), NAME);
        drain(sealer);
        long restored = 1_796_000_000_000L;
        assertThat(ledger.epochs()
                        .begin(2, restored, new Head(12, events.get(11).position())))
                .isTrue();
        List<RecordedEvent> now = LedgerAs.lost(other.order().read(0, 20), 12, 22);
        other.have(now);
        drain(sealer);
        assertLogged(now);
        Predecessor predecessor = Predecessor.parse(
                new StoredLog(storage(), name()).predecessor().orElseThrow().text());
        assertThat(predecessor.last().origin()).endsWith("/e2");
        assertThat(predecessor.common()).isEqualTo(12);
        assertThat(StoredLog.epochs(storage(), name())).containsExactly(restored, 2L, 1L);
        Auditor auditor = new Auditor(new AuditParts(
                other, storage(), keys(), NAME, Optional::empty, List::of, Optional::empty, TestProofs::sound, folder));
        SignedNote kept = new StoredLog(storage(), name().of(1)).newest().orElseThrow();
        AuditReport report = auditor.run(new Auditor.Request(Optional.of(kept), List.of(), 10), Watcher.NONE);
        assertThat(report.verdict()).as(report.toString()).isEqualTo(AuditReport.Verdict.WHOLE);
        assertThat(report.history()).isPresent();
    }

    @Test
    void aCutIsToldByItsSize() {
        LedgerSealer first = sealer();
        given(1, 30);
        drain(first);
        first.close();
        SignedNote kept = new StoredLog(storage(), name()).newest().orElseThrow();
        LedgerSealer second = sealer(cutBehind(27), storage(), keys(), NAME);
        assertThat(second.drain()).isZero();
        second.close();
        Partition lost = cutBehind(27);
        LedgerSealer third = sealer(lost, storage(), keys(), NAME);
        drain(third);
        third.close();
        Auditor auditor = new Auditor(new AuditParts(
                lost, storage(), keys(), NAME, Optional::empty, List::of, Optional::empty, TestProofs::sound, folder));
        AuditReport report = auditor.run(new Auditor.Request(Optional.of(kept), List.of(), 10), Watcher.NONE);
        assertThat(report.verdict()).as(report.toString()).isEqualTo(AuditReport.Verdict.WHOLE);
        assertThat(report.history()).hasValueSatisfying(told -> assertThat(told).startsWith("cut, 3 events"));
    }

    /** Fails before it stores any tile, as if the process were killed there. */
    private static final class Tileless extends ForwardingStorage {
        private Tileless(Storage storage) {
            super(storage);
        }

        @Override
        public void put(String file, byte[] content) {
            if (file.contains("/tile/")) {
                throw new StorageException(StorageException.Reason.UNAVAILABLE, "killed");
            }
            super.put(file, content);
        }
    }

    private void claim() {
        LedgerSealer victim = sealer(ledger, new Tileless(storage()), keys(), NAME);
        assertThat(isKilled(victim)).isTrue();
        victim.close();
    }

    @Test
    void whatSomebodyHasClaimedIsSignedNextOrNothingIs() {
        LedgerSealer first = sealer();
        given(1, 20);
        drain(first);
        first.close();
        given(21, 30);
        claim();
        assertThat(newest().size()).isEqualTo(20);
        given(31, 35);
        LedgerSealer second = sealer();
        drain(second);
        second.close();
        assertThat(newest().size()).isEqualTo(35);
        assertThat(storage().list(name().folder() + "checkpoints/").stream().map(StoredFile::name))
                .anyMatch(file -> file.endsWith("030"));
        assertLogged(all());
        // What was claimed is lost: what the ledger has now is signed for under another name.
        given(36, 40);
        claim();
        LogName before = name();
        LedgerSealer third = sealer(cutBehind(38), storage(), keys(), NAME);
        assertThat(third.drain()).isZero();
        third.close();
        assertThat(name().epoch()).isEqualTo(2);
        LedgerSealer fourth = sealer();
        drain(fourth);
        assertThat(newest().size()).isEqualTo(40);
        assertLogged(all());
        assertThat(newest(before).size()).isEqualTo(35);
        Predecessor predecessor = Predecessor.parse(
                new StoredLog(storage(), name()).predecessor().orElseThrow().text());
        assertThat(predecessor.common()).isEqualTo(35);
        assertThat(predecessor.cut()).isZero();
    }

    @Test
    void ofTwoHistoriesOneIsClaimed() {
        given(1, 3);
        SigningKeys signing = keys().exist() ? keys().read() : created();
        StoredLog log = new StoredLog(storage(), name());
        long size = 0;
        for (int n = 1; n <= 12; n++) {
            SignedNote note = note(signing, n, n);
            assertThat(log.claim(size, note)).isTrue();
            assertThat(log.claim(size, note)).isTrue();
            assertThat(log.claim(size, note(signing, n, n + 100))).isFalse();
            log.publish(n, note);
            size = n;
        }
        // Whoever has slept all the time finds the place of its claim empty.
        assertThat(log.claimed(1)).isEmpty();
        assertThat(log.claim(1, note(signing, 2, 200))).isFalse();
    }

    private SigningKeys created() {
        keys().create();
        return keys().read();
    }

    private SignedNote note(SigningKeys signing, long size, int seed) {
        String origin = name().origin(NAME);
        Hash root = new TreeHasher().leaf(new byte[] {(byte) seed});
        return SignedNote.of(new LogCheckpoint(origin, size, root).text(), origin, signing.signing());
    }

    @Test
    void whatHasGoneBeforeIsInTheLogByWhatTheArchiveTells() {
        given(1, 40);
        List<RecordedEvent> before = all();
        TestArchive.prune(trimmed(), archive.write(ledger, 25));
        LedgerSealer sealer = sealer();
        drain(sealer);
        assertThat(newest().size()).isEqualTo(40);
        assertLogged(before);
    }

    @Test
    void ofWhatHasGoneUnknownTheLogSaysJustThat() {
        given(1, 40);
        List<RecordedEvent> before = all();
        try (TestArchive other = new TestArchive()) {
            TestArchive.prune(trimmed(), other.write(ledger, 25));
        }
        LedgerSealer sealer = sealer();
        drain(sealer);
        assertLogged(before.subList(25, 40));
        assertThat(tree().leaf(3)).isEqualTo(new TreeHasher().leaf(Leaf.gone(4)));
    }

    /** Of which all entries have left the streams. */
    private Partition trimmed() {
        try (var consumer = ledger.feed("projection").open("one")) {
            consumer.acknowledge(consumer.poll(500, Duration.ZERO).stream()
                    .map(Delivery::position)
                    .toList());
        }
        TrimmedFixture.trim(ledger.trimming());
        return ledger;
    }

    @Test
    void aNumberWithoutAnEventStopsIt() {
        given(1, 10);
        Partition holed = with(event -> event.seq() != 4, ledger.order().head());
        assertRefused(sealer(holed, storage(), keys(), NAME), Reason.MISSING);
        assertThat(new StoredLog(storage(), name()).newest()).isEmpty();
    }

    @Test
    void nothingIsRememberedOfALedgerWithoutEvents() {
        assertThat(ledger.sealing().seal()).isEqualTo(Optional.empty());
        LedgerSealer sealer = sealer();
        assertThat(sealer.drain()).isZero();
        assertThat(keys().exist()).isFalse();
        assertThat(storage().list("")).isEmpty();
    }
}
