// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.github.luben.zstd.ZstdInputStream;
import io.contextgraph.archive.ArchiveFault.Kind;
import io.contextgraph.archive.Segment.Counts;
import io.contextgraph.archive.Segment.Mark;
import io.contextgraph.capture.file.ExportRun;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.prune.SeqRun;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.Storage.Deletion;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import io.contextgraph.storage.folder.FolderStorage;
import io.contextgraph.testing.Events;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTest {
    @TempDir
    private Path folder;

    private Storage storage;
    private Archive archive;
    private Path scratch;

    @BeforeEach
    void open() {
        storage = new FolderStorage(folder.resolve("archive"));
        archive = Archives.archive(storage);
        scratch = folder.resolve("scratch");
    }

    @Test
    void whatIsWrittenIsReadBackAndTheManifestSaysWhatItIs() throws IOException {
        List<RecordedEvent> events = new ArrayList<>(Archives.events(11, 14));
        events.addAll(Archives.events(16, 16));
        events.addAll(Archives.events(20, 29));
        Segment written = Archives.write(storage, scratch, events);
        Segment segment = archive.segment(written.id());
        assertThat(segment).isEqualTo(written);
        assertThat(Archives.read(archive, segment)).isEqualTo(events);
        assertThat(archive.verify(segment.id())).isEmpty();
        assertThat(archive.list()).isEqualTo(new Catalog(List.of(segment), List.of(), List.of()));
        assertThat(segment.id()).hasToString("0000000000000011-0000000000000029-e1");
        assertThat(segment.ledger()).isEqualTo(Archives.SOURCE);
        assertThat(segment.runs()).containsExactly(new SeqRun(11, 14), new SeqRun(16, 16), new SeqRun(20, 29));
        assertThat(segment.first()).isEqualTo(new Mark(11, new Position(1011, 0), Events.BASE.plusSeconds(11)));
        assertThat(segment.last()).isEqualTo(new Mark(29, new Position(1029, 0), Events.BASE.plusSeconds(29)));
        byte[] lines = lines(segment);
        assertThat(segment.counts())
                .isEqualTo(new Counts(15, 3, 8, lines.length, Files.size(file(segment.dataName()))));
        assertThat(segment.storageFormat()).isEqualTo("3");
        assertThat(segment.writtenAt()).isEqualTo(Archives.NOW);
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void eventsAboutPersonsAreReadBackSealedAndWholeAlsoWithoutWhatWasErased() throws IOException {
        RecordedEvent sealed = Archives.recorded(Events.about(1, "session-1", 1, 1), 1);
        RecordedEvent forgotten =
                Archives.recorded(Events.about(2, "session-1", 2, 1), 2).withPayload(Optional.empty());
        List<RecordedEvent> events = List.of(sealed, forgotten, Archives.event(3));
        Segment segment = Archives.write(storage, scratch, events);
        assertThat(Archives.read(archive, segment)).isEqualTo(events);
        assertThat(archive.verify(segment.id())).isEmpty();
        assertThat(SealedForm.of(Archives.read(archive, segment).getFirst().event()))
                .isEqualTo(SealedForm.of(sealed.event()))
                .isPresent();
    }

    /** So that zstdcat makes a file of it that an import takes. */
    @Test
    void theEventsStandThereAsAnExportHasThem() throws IOException {
        Segment segment = Archives.write(storage, scratch, Archives.events(1, 10));
        ByteArrayOutputStream export = new ByteArrayOutputStream();
        for (RecordedEvent event : Archives.events(1, 10)) {
            export.write(ExportRun.line(event, Optional.of(Archives.SOURCE)));
        }
        assertThat(lines(segment)).isEqualTo(export.toByteArray());
    }

    private byte[] lines(Segment segment) throws IOException {
        try (InputStream in = new ZstdInputStream(storage.open(segment.dataName()))) {
            return in.readAllBytes();
        }
    }

    private Path file(String name) {
        return folder.resolve("archive").resolve(name);
    }

    @Test
    void aSegmentWithoutEventsOrOutOfOrderIsNotWritten() throws IOException {
        try (SegmentWriter writer = new SegmentWriter(storage, Archives.SOURCE, "3", scratch, () -> Archives.NOW)) {
            assertThatIllegalStateException().isThrownBy(() -> writer.finish(id -> 1));
            writer.add(Archives.event(2));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.add(Archives.event(1)));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.add(Archives.event(2)));
            writer.add(Archives.recorded(Events.event(2, "again"), 3));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> writer.finish(id -> 1))
                    .withMessageContaining("two events have the id");
        }
        assertThat(storage.list("")).isEmpty();
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void segmentsAreListedInTheOrderOfTheirEvents() throws IOException {
        Segment third = Archives.write(storage, scratch, Archives.events(100_001, 100_002));
        Segment first = Archives.write(storage, scratch, Archives.events(1, 9));
        Segment second = Archives.write(storage, scratch, Archives.events(10, 12));
        assertThat(archive.list()).isEqualTo(new Catalog(List.of(first, second, third), List.of(), List.of()));
    }

    @Test
    void ledgersAndPartitionsAreApart() throws IOException {
        Segment mine = Archives.write(storage, scratch, Archives.events(1, 2));
        Segment other =
                Archives.write(storage, scratch, new Original.Source(Archives.LEDGER, 1, 1), Archives.events(1, 2));
        assertThat(archive.list().segments()).containsExactly(mine);
        assertThat(new Archive(storage, Archives.LEDGER, 1).list().segments()).containsExactly(other);
    }

    /** Kills between the files: nothing half done counts, and the same segment can be written again. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatAKilledWriterHasLeftIsNoSegmentAndIsWrittenAgain(int puts) throws IOException {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> Archives.write(new Dying(storage, puts), scratch, Archives.events(1, 20)));
        Catalog left = archive.list();
        assertThat(left.segments()).isEmpty();
        assertThat(left.faults()).isEmpty();
        assertThat(left.leftovers()).hasSize(puts);
        Segment again = Archives.write(storage, scratch, Archives.events(1, 20));
        assertThat(archive.verify(again.id())).isEmpty();
        assertThat(archive.list()).isEqualTo(new Catalog(List.of(again), List.of(), List.of()));
    }

    /** Killed, and then events were held: the attempt after it has others. */
    @Test
    void anAttemptWithOtherEventsIsNotInTheWay() throws IOException {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> Archives.write(new Dying(storage, 2), scratch, Archives.events(1, 20)));
        List<RecordedEvent> fewer = new ArrayList<>(Archives.events(1, 20));
        fewer.remove(7);
        Segment segment = Archives.write(storage, scratch, fewer);
        assertThat(archive.verify(segment.id())).isEmpty();
        assertThat(archive.list().leftovers()).hasSize(2);
        assertThat(archive.sweep(Instant.EPOCH)).isZero();
        assertThat(archive.sweep(Instant.MAX)).isEqualTo(2);
        assertThat(archive.list()).isEqualTo(new Catalog(List.of(segment), List.of(), List.of()));
        assertThat(archive.verify(segment.id())).isEmpty();
    }

    @Test
    void theSameSegmentIsThereOnceHoweverOftenItIsWritten() throws IOException {
        Segment segment = Archives.write(storage, scratch, Archives.events(1, 20));
        assertThat(Archives.write(storage, scratch, Archives.events(1, 20))).isEqualTo(segment);
        assertThat(storage.list("")).hasSize(3);
    }

    @Test
    void anotherSegmentOfTheSameNameIsRefused() throws IOException {
        Segment segment = Archives.write(storage, scratch, Archives.events(1, 20));
        List<RecordedEvent> fewer = new ArrayList<>(Archives.events(1, 20));
        fewer.remove(7);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> Archives.write(storage, scratch, fewer))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.EXISTS));
        assertThat(archive.list().segments()).containsExactly(segment);
        assertThat(archive.verify(segment.id())).isEmpty();
    }

    @Test
    void segmentsWithTheSameEventsAreNamed() throws IOException {
        Segment first = Archives.write(storage, scratch, Archives.events(1, 20));
        Segment second = Archives.write(storage, scratch, Archives.events(15, 30));
        assertThat(archive.list().segments()).containsExactly(first, second);
        assertThat(archive.list().faults()).singleElement().satisfies(fault -> {
            assertThat(fault.kind()).isEqualTo(Kind.OVERLAP);
            assertThat(fault.segment()).isEqualTo(second.id().toString());
            assertThat(fault.message()).contains(first.id().toString(), "from seq 15 on");
        });
    }

    @Test
    void whatFillsAHoleIsNoOverlap() throws IOException {
        List<RecordedEvent> fewer = new ArrayList<>(Archives.events(1, 20));
        fewer.subList(5, 8).clear();
        Segment around = Archives.write(storage, scratch, fewer);
        Segment within = Archives.write(storage, scratch, Archives.events(6, 8));
        Segment later =
                Archives.write(storage, scratch, new Original.Source(Archives.LEDGER, 0, 2), Archives.events(18, 25));
        assertThat(archive.list()).isEqualTo(new Catalog(List.of(around, within, later), List.of(), List.of()));
    }

    @Test
    void whatIsTakenAwayIsGone() throws IOException {
        Segment segment = Archives.write(storage, scratch, Archives.events(1, 20));
        assertThat(archive.delete(segment)).isEqualTo(Deletion.GONE);
        assertThat(storage.list("")).isEmpty();
        assertThat(archive.verify(segment.id())).extracting(ArchiveFault::kind).containsExactly(Kind.MISSING);
    }

    @Test
    void whatIsUnderALockStaysWhole() throws IOException {
        Segment segment = Archives.write(storage, scratch, Archives.events(1, 20));
        Storage locked = new Dying(storage, 0);
        assertThat(Archives.archive(locked).delete(segment)).isEqualTo(Deletion.RETAINED);
        assertThat(archive.verify(segment.id())).isEmpty();
    }

    /** Dies when it is to write one file more, and lets no manifest go. */
    private static final class Dying extends ForwardingStorage {
        private final int puts;
        private int done;

        private Dying(Storage storage, int puts) {
            super(storage);
            this.puts = puts;
        }

        @Override
        public void put(String name, Path from) {
            if (done == puts) {
                throw new IllegalStateException("killed");
            }
            super.put(name, from);
            done++;
        }

        @Override
        public Deletion delete(String name) {
            return name.endsWith(Segment.MANIFEST) ? Deletion.RETAINED : super.delete(name);
        }
    }
}
