// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.archive.ArchiveFault.Kind;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import io.contextgraph.storage.folder.FolderStorage;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoneIdsTest {
    @TempDir
    private Path folder;

    private Counting storage;
    private final List<Segment> segments = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        storage = new Counting(new FolderStorage(folder.resolve("archive")));
        for (long first = 1; first <= 901; first += 100) {
            segments.add(Archives.write(storage, folder.resolve("scratch"), Archives.events(first, first + 99)));
        }
        storage.opened.clear();
    }

    private GoneIds gone(int pieceSize) {
        return new GoneIds(Archives.archive(storage), folder.resolve("cache"), pieceSize);
    }

    private void requireAll(GoneIds gone, long first, long last) {
        for (RecordedEvent event : Archives.events(first, last)) {
            SegmentId segment = segments.get((int) ((event.seq() - 1) / 100)).id();
            assertThat(gone.find(event.event().id()))
                    .contains(new ArchivedEvent(
                            segment,
                            Archives.NOW,
                            event.event().id(),
                            event.seq(),
                            event.position(),
                            event.contentHash()));
        }
    }

    @Test
    void everyArchivedEventIsFoundAndNoOther() {
        GoneIds gone = gone(1000);
        assertThat(gone.size()).isZero();
        assertThat(gone.find(Events.id(1))).isEmpty();
        assertThat(gone.refresh()).isEmpty();
        assertThat(gone.size()).isEqualTo(1000);
        assertThat(gone.memory()).isEqualTo(1500);
        requireAll(gone, 1, 1000);
        for (long n = 1001; n <= 3000; n++) {
            assertThat(gone.find(Events.id(n))).isEmpty();
        }
        assertThat(gone.find(Events.id(0))).isEmpty();
    }

    @Test
    void inManyPiecesToo() {
        GoneIds gone = gone(250);
        assertThat(gone.refresh()).isEmpty();
        assertThat(gone.memory()).isEqualTo(5 * 375);
        requireAll(gone, 1, 1000);
        assertThat(gone.find(Events.id(1001))).isEmpty();
        GoneIds tiny = gone(1);
        assertThat(tiny.refresh()).isEmpty();
        requireAll(tiny, 1, 1000);
    }

    /** Most who ask for what is not there are answered from memory; also where ids are alike. */
    @Test
    void filesAreSearchedForFewThatAreNotThere() throws IOException {
        GoneIds gone = gone(1000);
        assertThat(gone.refresh()).isEmpty();
        tidyUp();
        storage.opened.clear();
        int searched = 0;
        for (long n = 1001; n <= 11_000; n++) {
            assertThat(gone.find(Events.id(n))).isEmpty();
            searched += storage.opened.isEmpty() ? 0 : 1;
            if (!storage.opened.isEmpty()) {
                assertThat(searched).isLessThan(60);
                tidyUp();
                storage.opened.clear();
            }
        }
        assertThat(searched).isPositive();
    }

    private void tidyUp() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("cache"))) {
            for (Path file : all.toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void whatWasFetchedIsNotFetchedAgain() {
        assertThat(gone(1000).refresh()).isEmpty();
        assertThat(storage.opened).filteredOn(name -> name.endsWith(".ids")).hasSize(10);
        storage.opened.clear();
        GoneIds restarted = gone(1000);
        assertThat(restarted.refresh()).isEmpty();
        requireAll(restarted, 1, 1000);
        assertThat(storage.opened).noneMatch(name -> name.endsWith(".ids"));
    }

    @Test
    void aCopyThatWasEditedIsFetchedAgain() throws IOException {
        assertThat(gone(1000).refresh()).isEmpty();
        try (Stream<Path> all = Files.list(folder.resolve("cache"))) {
            for (Path file : all.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);
            }
        }
        GoneIds restarted = gone(1000);
        assertThat(restarted.refresh()).isEmpty();
        requireAll(restarted, 1, 1000);
    }

    @Test
    void segmentsThatComeAndGoAreFollowed() throws IOException {
        GoneIds gone = gone(1000);
        assertThat(gone.refresh()).isEmpty();
        segments.add(Archives.write(storage, folder.resolve("scratch"), Archives.events(1001, 1100)));
        assertThat(gone.find(Events.id(1001))).isEmpty();
        gone.add(segments.getLast());
        gone.add(segments.getLast());
        assertThat(gone.size()).isEqualTo(1100);
        requireAll(gone, 1, 1100);
        assertThat(Archives.archive(storage).delete(segments.get(4))).isEqualTo(Storage.Deletion.GONE);
        assertThat(gone.refresh()).isEmpty();
        assertThat(gone.size()).isEqualTo(1000);
        assertThat(gone.find(Events.id(450))).isEmpty();
        requireAll(gone, 1, 400);
        requireAll(gone, 501, 1100);
    }

    @Test
    void whatCannotBeKnownIsNamed() throws IOException {
        Path ids = folder.resolve("archive").resolve(segments.get(2).idsName());
        byte[] bytes = Files.readAllBytes(ids);
        bytes[50] ^= 1;
        Files.write(ids, bytes);
        Files.writeString(folder.resolve("archive").resolve(segments.get(5).manifestName()), "{}");
        GoneIds gone = gone(1000);
        assertThat(gone.refresh()).extracting(ArchiveFault::kind).containsExactlyInAnyOrder(Kind.EDITED, Kind.MANIFEST);
        assertThat(gone.size()).isEqualTo(800);
        requireAll(gone, 1, 200);
        requireAll(gone, 301, 500);
        requireAll(gone, 601, 1000);
    }

    @Test
    void whereNobodyCanTellNobodySaysNo() throws IOException {
        GoneIds gone = gone(1000);
        assertThat(gone.refresh()).isEmpty();
        tidyUp();
        storage.answers = false;
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> gone.find(Events.id(7)))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
        storage.answers = true;
        requireAll(gone, 1, 1000);
    }

    private static final class Counting extends ForwardingStorage {
        private final List<String> opened = new ArrayList<>();
        private boolean answers = true;

        private Counting(Storage storage) {
            super(storage);
        }

        @Override
        public InputStream open(String name) {
            if (!answers) {
                throw new StorageException(Reason.UNAVAILABLE, "it does not answer");
            }
            opened.add(name);
            return super.open(name);
        }
    }
}
