// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Position;
import io.contextgraph.event.Sha256;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.snapshot.Snapshots;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.folder.FolderStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupsTest {
    private static final String LEDGER = "0a1b2c3d-0000-4000-8000-000000000000";
    private static final Snapshots.Store STORE =
            new Snapshots.Store("Redis", "8.2.9", Map.of("search", "80200", "ReJSON", "80200"), 3, "cg:");

    private final AtomicLong seconds = new AtomicLong();

    @TempDir
    private Path folder;

    private Epochs.Standing there = standing(LEDGER, 1, 10);
    private Optional<SnapshotTrial.Seen> seen = Optional.empty();
    private String content = "everything";
    private boolean summed = true;

    private static Epochs.Standing standing(String ledger, long epoch, long seq) {
        return new Epochs.Standing(
                new LedgerIdentity(Optional.of(ledger), 0, epoch, List.of()),
                new Head(seq, new Position(1000 + seq, 0)));
    }

    private Backups backups(int keep) {
        return backups(new FolderStorage(folder.resolve("stored")), keep);
    }

    private Backups backups(Storage storage, int keep) {
        return new Backups(
                storage,
                folder.resolve("work"),
                Optional.of((snapshot, store, work) -> {
                    assertThat(snapshot).hasContent(content);
                    assertThat(store).isEqualTo(STORE);
                    assertThat(work).isEmptyDirectory();
                    return seen.orElseGet(() -> new SnapshotTrial.Seen(there, 0, "Redis 8.2.9"));
                }),
                keep,
                () -> Instant.EPOCH.plusSeconds(seconds.incrementAndGet()));
    }

    private final Epochs epochs = new Epochs() {
        @Override
        public Standing now() {
            return there;
        }

        @Override
        public boolean begin(long ends, long begins, Head lastCommon) {
            throw new AssertionError("a backup begins no epoch");
        }
    };

    private Snapshots.Taken taken(Path into) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        Path ignored = Files.write(into, bytes);
        return new Snapshots.Taken(bytes.length, Sha256.hex(bytes), summed, STORE);
    }

    private Backup create(Backups backups) {
        return backups.create((into, told) -> taken(into), epochs, "1.2.3", Watcher.NONE);
    }

    private List<String> files(String below) throws IOException {
        Path root = folder.resolve(below);
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aBackupIsWhatWasTriedOutAndIsReadBackAsItWasWritten() throws IOException {
        seen = Optional.of(new SnapshotTrial.Seen(standing(LEDGER, 1, 12), 0, "Redis 8.2.9"));
        Backup backup = create(backups(7));
        assertThat(backup.head()).isEqualTo(new Head(12, new Position(1012, 0)));
        assertThat(backup.trial().verified()).isTrue();
        assertThat(backup.trial().detail()).contains("12 events", "whole");
        assertThat(backups(7).list()).containsExactly(backup);
        assertThat(files("stored"))
                .containsExactly("backups/" + backup.id() + "/dump.rdb", "backups/" + backup.id() + "/manifest.json");
        assertThat(files("work")).isEmpty();
        String read = backups(7).using(backup, Files::readString);
        assertThat(read).isEqualTo(content);
    }

    @Test
    void whatIsNotAsItMustBeIsNotVerifiedAndSaysWhy() {
        Map<SnapshotTrial.Seen, String> wrong = Map.of(
                new SnapshotTrial.Seen(standing("ffffffff-0000-4000-8000-000000000000", 1, 10), 0, "Redis"),
                        "another ledger",
                new SnapshotTrial.Seen(standing(LEDGER, 1, 9), 0, "Redis"), "there must be 10",
                new SnapshotTrial.Seen(standing(LEDGER, 2, 10), 0, "Redis"), "in epoch 1",
                new SnapshotTrial.Seen(there, 3, "Redis"), "3 damages");
        wrong.forEach((what, why) -> {
            seen = Optional.of(what);
            Backup backup = create(backups(7));
            assertThat(backup.trial().verified()).as(why).isFalse();
            assertThat(backup.trial().detail()).contains(why);
        });
    }

    @Test
    void oneThatCouldNotBeTriedOutIsABackupAllTheSameAndCanBeTriedOutLater() {
        SnapshotTrial none = (snapshot, store, work) -> {
            throw new IOException("no Redis here");
        };
        Backup backup = create(new Backups(
                new FolderStorage(folder.resolve("stored")),
                folder.resolve("work"),
                Optional.of(none),
                7,
                () -> Instant.EPOCH));
        assertThat(backup.trial().verified()).isFalse();
        assertThat(backup.trial().detail()).contains("no Redis here");
        Backup later = backups(7).verify(backup, Watcher.NONE);
        assertThat(later.trial().verified()).isTrue();
        assertThat(backups(7).find(backup.id())).contains(later);
    }

    @Test
    void ofOneThatWasInterruptedNothingCountsAndTheNextTakesAwayWhatItLeft() throws IOException {
        Backups backups = backups(7);
        assertThatThrownBy(() -> backups.create(
                        (into, told) -> {
                            Snapshots.Taken ignored = taken(into);
                            throw new LedgerException(Reason.UNAVAILABLE, "broke off");
                        },
                        epochs,
                        "1",
                        Watcher.NONE))
                .isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("broke off");
        assertThat(files("work")).isEmpty();
        // As a kill between snapshot and manifest leaves it, and another ledger's beside it.
        Path left = folder.resolve("stored/backups/19700101T000000Z-0a1b2c3d");
        Path other = folder.resolve("stored/backups/19700101T000000Z-ffffffff");
        Path ignored = Files.writeString(Files.createDirectories(left).resolve("dump.rdb"), "half");
        ignored = Files.writeString(Files.createDirectories(other).resolve("dump.rdb"), "half");
        assertThat(backups.list()).isEmpty();
        Backup backup = create(backups);
        assertThat(backups.list()).containsExactly(backup);
        assertThat(left.resolve("dump.rdb")).doesNotExist();
        assertThat(other.resolve("dump.rdb")).exists();
    }

    /** Which Redis writes with {@code rdbchecksum no}. */
    @Test
    void oneWithoutAChecksumOfRedisSaysSo() {
        summed = false;
        Backup backup = create(backups(7));
        assertThat(backup.summed()).isFalse();
        assertThat(backup.trial().verified()).isTrue();
        assertThat(backup.trial().detail()).contains("rdbchecksum no");
        assertThat(backups(7).list()).containsExactly(backup);
        summed = true;
        assertThat(create(backups(7)).trial().detail()).doesNotContain("rdbchecksum");
    }

    /** The manifest of one that was not tried out says where it ends at least. */
    @Test
    void aLaterTrialTellsWhereItEnds() {
        Backup untried = create(new Backups(
                new FolderStorage(folder.resolve("stored")),
                folder.resolve("work"),
                Optional.empty(),
                7,
                () -> Instant.EPOCH));
        assertThat(untried.head()).isEqualTo(there.head());
        assertThat(untried.trial().head()).isEmpty();
        Epochs.Standing later = standing(LEDGER, 1, 12);
        seen = Optional.of(new SnapshotTrial.Seen(later, 0, "Redis 8.2.9"));
        Backup tried = backups(7).verify(untried, Watcher.NONE);
        assertThat(tried.head()).isEqualTo(later.head());
        assertThat(tried.trial().head()).contains(later.head());
        assertThat(backups(7).find(untried.id())).contains(tried);
    }

    @Test
    void whoeverWatchesCanEndItAndNothingIsLeft() throws IOException {
        assertThatThrownBy(() -> backups(7).create((into, told) -> taken(into), epochs, "1", (phase, done, total) -> {
                    if (phase.wireName().equals("storing")) {
                        throw new CancellationException("cancelled");
                    }
                }))
                .isInstanceOf(CancellationException.class);
        assertThat(files("work")).isEmpty();
        assertThat(backups(7).list()).isEmpty();
    }

    @Test
    void theNewestAreKeptAndTheNewestThatWasVerified() {
        Backups backups = backups(2);
        Backup first = create(backups);
        Backup verified = create(backups);
        seen = Optional.of(new SnapshotTrial.Seen(there, 1, "Redis"));
        Backup third = create(backups);
        assertThat(backups.list()).containsExactly(third, verified);
        Backup fourth = create(backups);
        Backup fifth = create(backups);
        assertThat(backups.list()).containsExactly(fifth, fourth, verified).doesNotContain(first);
    }

    /** As where who stores may not delete. */
    @Test
    void oneCountsEvenWhereOlderOnesCannotBeTakenAway() throws IOException {
        Path left = Files.createDirectories(folder.resolve("stored/backups/19700101T000000Z-0a1b2c3d"));
        Path ignored = Files.writeString(left.resolve("dump.rdb"), "half");
        Storage stored = new FolderStorage(folder.resolve("stored"));
        boolean[] refuses = {true};
        Backups backups = backups(
                new ForwardingStorage(stored) {
                    @Override
                    public Deletion delete(String name) {
                        if (refuses[0]) {
                            throw new StorageException(StorageException.Reason.UNAVAILABLE, "may not delete " + name);
                        }
                        return super.delete(name);
                    }
                },
                1);
        Backup first = create(backups);
        assertThat(backups.unforgotten())
                .hasValueSatisfying(
                        why -> assertThat(why).contains("may not delete backups/19700101T000000Z-0a1b2c3d/dump.rdb"));
        Backup second = create(backups);
        assertThat(backups.list()).containsExactly(second, first);
        assertThat(backups.unforgotten())
                .hasValueSatisfying(
                        why -> assertThat(why).contains("may not delete backups/" + first.id() + "/manifest.json"));
        refuses[0] = false;
        Backup third = create(backups);
        assertThat(backups.list()).containsExactly(third);
        assertThat(backups.unforgotten()).isEmpty();
    }

    @Test
    void aByteThatWasChangedOrIsMissingShowsBeforeAnythingIsDoneWithIt() throws IOException {
        Backup backup = create(backups(7));
        Path stored = folder.resolve("stored/backups/" + backup.id() + "/dump.rdb");
        for (String other : List.of("everythinG", "everythin")) {
            Path ignored = Files.writeString(stored, other);
            assertThatThrownBy(() -> backups(7).using(backup, Files::readString))
                    .isInstanceOf(WorkFailedException.class)
                    .hasMessageContaining("cannot be used");
            assertThat(backups(7).verify(backup, Watcher.NONE).trial().verified())
                    .isFalse();
        }
        Files.delete(stored);
        assertThat(backups(7).verify(backup, Watcher.NONE).trial().detail()).contains("missing");
    }

    @Test
    void anEmptyLedgerHasNothingToBackUp() {
        there = new Epochs.Standing(LedgerIdentity.NONE, Head.EMPTY);
        assertThatThrownBy(() -> create(backups(7)))
                .isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("no event yet");
    }
}
