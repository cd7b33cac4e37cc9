// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.event.Original;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ops.Finding.Level;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StoredFile;
import io.contextgraph.storage.folder.FolderStorage;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger that has events 50 to 60, and an archive of it with 1 to 51. */
class RememberingLedgerTest {
    @TempDir
    private Path folder;

    private final InMemoryLedger ledger = new InMemoryLedger(Clock.fixed(Archives.NOW, ZoneOffset.UTC));
    private FolderStorage storage;
    private ArchiveWatch watch;
    private EventLog log;
    private Segment segment;

    @BeforeEach
    void archive() throws IOException {
        storage = new FolderStorage(folder.resolve("archive"));
        watch = new ArchiveWatch(storage, ledger.epochs(), folder.resolve("ids"));
        log = new RememberingLedger(ledger, watch, true).log();
        watch.look();
        assertThat(watch.failure()).isEmpty();
        AppendResult ignored = log.append(appends(50, 60), Durability.MEMORY);
        var identity = ledger.epochs().now().identity();
        UUID id = UUID.fromString(identity.id().orElseThrow());
        Original.Source source = new Original.Source(id, identity.partition(), identity.epoch());
        segment = Archives.write(storage, folder.resolve("scratch"), source, Archives.events(1, 51));
        watch.look();
        assertThat(watch.failure()).isEmpty();
    }

    private static List<Append> appends(long first, long last) {
        return Archives.events(first, last).stream()
                .map(RecordedEvent::event)
                .map(Append::of)
                .toList();
    }

    private Lookup.Gone gone() {
        return new Lookup.Gone(Archives.NOW, "archived", segment.id().toString());
    }

    private AppendOutcome.Gone gone(long seq) {
        return new AppendOutcome.Gone(Archives.event(seq).event().id(), gone());
    }

    private void requireSorted(AppendResult result) {
        List<AppendOutcome> outcomes = result.outcomes();
        assertThat(outcomes).hasSize(5);
        assertThat(outcomes.get(0)).isEqualTo(gone(7));
        assertThat(outcomes.get(1)).isInstanceOf(AppendOutcome.Duplicate.class);
        assertThat(outcomes.get(2)).isInstanceOf(AppendOutcome.Appended.class);
        assertThat(outcomes.get(3)).isEqualTo(gone(8));
        assertThat(outcomes.get(4)).isInstanceOf(AppendOutcome.Duplicate.class);
        assertThat(outcomes.stream().map(AppendOutcome::eventId))
                .containsExactly(Events.id(7), Events.id(50), Events.id(61), Events.id(8), Events.id(60));
        assertThat(ledger.head().seq()).isEqualTo(12);
    }

    private static List<Append> mixed() {
        return Stream.of(7, 50, 61, 8, 60)
                .flatMap(seq -> appends(seq, seq).stream())
                .toList();
    }

    @Test
    void whatOnlyTheArchiveHasIsGoneAndIsNotAppendedAnew() {
        requireSorted(log.append(mixed(), Durability.MEMORY));
    }

    @Test
    void aStreamOfAppendsIsToldTheSame() {
        var stream = log.stream(Durability.MEMORY);
        requireSorted(stream.write(mixed()).await());
        assertThat(stream.write(appends(1, 3)).await().outcomes()).containsExactly(gone(1), gone(2), gone(3));
        assertThat(ledger.head().seq()).isEqualTo(12);
    }

    @Test
    void whereAllAreGoneTheLedgerIsNotAskedToAppend() {
        AppendResult result = log.append(appends(1, 3), Durability.MEMORY);
        assertThat(result.outcomes()).containsExactly(gone(1), gone(2), gone(3));
        assertThat(result.reached()).isEqualTo(Durability.MEMORY);
        assertThat(ledger.head().seq()).isEqualTo(11);
    }

    @Test
    void whoLooksForItIsToldWhere() {
        assertThat(log.find(Events.id(7))).isEqualTo(gone());
        assertThat(log.find(Events.id(51))).isInstanceOf(Lookup.Found.class);
        assertThat(log.find(Events.id(62))).isEqualTo(new Lookup.Unknown());
    }

    /** As a command has it, which is over before there is anything to keep up with. */
    @Test
    void aWatchThatWasNotStartedLooksWhenItIsAsked() throws IOException {
        ArchiveWatch lazy = new ArchiveWatch(storage, ledger.epochs(), folder.resolve("lazy"));
        EventLog remembering = new RememberingLedger(ledger, lazy, true).log();
        assertThat(folder.resolve("lazy")).doesNotExist();
        assertThat(remembering.append(appends(7, 7), Durability.MEMORY).outcomes())
                .containsExactly(gone(7));
        assertThat(remembering.find(Events.id(62))).isEqualTo(new Lookup.Unknown());
        lazy.close();
    }

    @Test
    void aWatchThatCannotLookTakesNothingForNew() throws IOException {
        Files.writeString(folder.resolve("file"), "in the way");
        ArchiveWatch lazy = new ArchiveWatch(storage, ledger.epochs(), folder.resolve("file"));
        EventLog remembering = new RememberingLedger(ledger, lazy, true).log();
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(LedgerException.class)
                    .isThrownBy(() -> remembering.append(appends(62, 62), Durability.MEMORY))
                    .satisfies(failed -> assertThat(failed.reason()).isEqualTo(Reason.UNAVAILABLE));
        }
        assertThat(ledger.head().seq()).isEqualTo(11);
        lazy.close();
    }

    /** As a server has it: it serves all the same, says that it does not know, and learns as soon as the archive answers. */
    @Test
    void aWatchWhoseFirstLookFailsKnowsNothingUntilOneSucceeds() {
        boolean[] away = {true};
        Storage failing = new ForwardingStorage(storage) {
            @Override
            public List<StoredFile> list(String prefix) {
                if (away[0]) {
                    throw new StorageException(StorageException.Reason.UNAVAILABLE, "nobody answers");
                }
                return super.list(prefix);
            }
        };
        try (ArchiveWatch served = new ArchiveWatch(failing, ledger.epochs(), folder.resolve("served"))) {
            served.start();
            EventLog remembering = new RememberingLedger(ledger, served, true).log();
            ArchiveCheck check = new ArchiveCheck(failing, Optional.of(served));
            assertThat(remembering.find(Events.id(7))).isEqualTo(new Lookup.Unknown());
            assertThat(check.look().findings()).singleElement().satisfies(finding -> {
                assertThat(finding.message()).contains("nobody answers");
                assertThat(finding.concern()).contains(ArchiveCheck.FAILING);
            });
            served.look();
            assertThat(remembering.find(Events.id(7))).isEqualTo(new Lookup.Unknown());
            away[0] = false;
            served.look();
            assertThat(remembering.find(Events.id(7))).isEqualTo(gone());
            assertThat(check.look().findings()).isEmpty();
            away[0] = true;
            served.look();
            // What was known stays known.
            assertThat(remembering.find(Events.id(7))).isEqualTo(gone());
            assertThat(check.look().ready()).isFalse();
        }
    }

    /** As doctor does. */
    @Test
    void whoeverWaitsIsToldThatTheArchiveDoesNotWork() {
        Storage full = new ForwardingStorage(storage) {
            @Override
            public void put(String name, Path from) {
                throw new StorageException(StorageException.Reason.REFUSED, "no room");
            }
        };
        assertThat(new ArchiveCheck(full, Optional.of(watch)).examine())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.PROBLEM);
                    assertThat(finding.message()).contains("no room");
                });
    }

    @Test
    void whatIsNotKnownIsNotTakenForNew() throws IOException {
        Files.delete(folder.resolve("archive").resolve(segment.idsName()));
        Files.delete(folder.resolve("ids").resolve(segment.idsName().replace('/', '-')));
        assertThatExceptionOfType(LedgerException.class)
                .isThrownBy(() -> log.append(appends(7, 7), Durability.MEMORY))
                .satisfies(failed -> assertThat(failed.reason()).isEqualTo(Reason.UNAVAILABLE));
        assertThatExceptionOfType(LedgerException.class).isThrownBy(() -> log.find(Events.id(7)));
        assertThat(ledger.head().seq()).isEqualTo(11);
        assertThat(log.append(appends(61, 61), Durability.MEMORY).outcomes().getFirst())
                .isInstanceOf(AppendOutcome.Appended.class);
    }

    @Test
    void healthTellsWhatCannotBeKnown() throws IOException {
        ArchiveCheck check = new ArchiveCheck(storage, Optional.of(watch));
        assertThat(check.look().ready()).isTrue();
        Files.delete(folder.resolve("archive").resolve(segment.idsName()));
        ArchiveWatch fresh = new ArchiveWatch(storage, ledger.epochs(), folder.resolve("other"));
        fresh.look();
        ArchiveCheck failing = new ArchiveCheck(storage, Optional.of(fresh));
        assertThat(failing.look().ready()).isFalse();
        assertThat(failing.look().findings()).singleElement().satisfies(finding -> {
            assertThat(finding.subject()).isEqualTo("archive");
            assertThat(finding.message())
                    .startsWith("1 segments cannot be used")
                    .contains(segment.idsName());
            assertThat(finding.concern()).contains(ArchiveCheck.FAILING);
        });
        assertThat(failing.examine()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.OK);
            assertThat(finding.message()).startsWith("writing, reading and deleting works");
        });
    }
}
