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
