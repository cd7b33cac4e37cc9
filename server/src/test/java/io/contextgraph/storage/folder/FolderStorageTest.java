// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage.folder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageContract;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import io.contextgraph.storage.StoredFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FolderStorageTest extends StorageContract {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    private Path folder;

    @Override
    protected Storage connect() {
        return new FolderStorage(root());
    }

    private Path root() {
        return folder.resolve("made/at/first");
    }

    @Test
    void whatIsWrittenIsItsOwnersAlone() throws IOException {
        put(connect(), "a/file", "x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root().resolve("a/file"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root().resolve("a"))))
                .isEqualTo("rwx------");
    }

    @Test
    void nothingHalfDoneIsLeft() throws IOException {
        FolderStorage broken = new FolderStorage(
                root(),
                (temporary, target) -> {
                    assertThat(temporary).hasContent("x").hasParent(target.getParent());
                    throw new IOException("broken off");
                },
                () -> NOW);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> put(broken, "a/file", "x"))
                .withMessageContaining("cannot write a/file in folder " + root() + ": broken off")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
        assertThat(files()).isEmpty();
    }

    @Test
    void whatAKilledProcessHasLeftIsNoFileAndGoesWhenItIsOld() throws IOException {
        Files.createDirectories(root().resolve("a"));
        Path fresh = left("a/.file.1.part", NOW.minus(Duration.ofHours(23)));
        Path old = left("a/.file.2.part", NOW.minus(Duration.ofHours(25)));
        Path foreign = left("a/.nfs0001", NOW.minus(Duration.ofDays(400)));
        FolderStorage storage = new FolderStorage(root(), Naming.LINK, () -> NOW);
        assertThat(storage.list("")).isEmpty();
        put(storage, "a/file", "x");
        assertThat(names(storage)).containsExactly("a/file");
        assertThat(files()).containsExactlyInAnyOrder(fresh, foreign, root().resolve("a/file"));
        assertThat(old).doesNotExist();
    }

    /** On a file system where links fail like this. */
    private FolderStorage linking(Exception failure) {
        return new FolderStorage(
                root(),
                (temporary, target) -> {
                    if (failure instanceof IOException io) {
                        throw io;
                    }
                    throw (RuntimeException) failure;
                },
                InstantSource.system());
    }

    private static FileSystemException failed(String why) {
        return new FileSystemException("name", "file", why);
    }

    private static Stream<Exception> noLinks() {
        return Stream.of(
                failed("Operation not permitted"),
                failed("Operation not supported"),
                failed("Not supported"),
                failed("Function not implemented"),
                new UnsupportedOperationException());
    }

    @ParameterizedTest
    @MethodSource("noLinks")
    void whereThereAreNoLinksItIsRenamed(Exception none) throws IOException {
        FolderStorage storage = linking(none);
        put(storage, "a/file", "first");
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> put(storage, "a/file", "second"))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.EXISTS));
        assertThat(root().resolve("a/file")).hasContent("first");
        assertThat(files()).containsExactly(root().resolve("a/file"));
    }

    @ParameterizedTest
    @MethodSource("noLinks")
    void whereThereAreNoLinksNothingIsClaimed(Exception none) throws IOException {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> linking(none).claim("a/claim", "first".getBytes(UTF_8)))
                .withMessageStartingWith(
                        "cannot claim a/claim in folder " + root() + ": its file system has no hard links")
                .withMessageContaining("a folder on one that has them, or a bucket")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Input/output error", "Stale file handle", "No space left on device"})
    void aLinkThatFailsIsNoReasonToRename(String why) throws IOException {
        FolderStorage storage = linking(failed(why));
        for (ThrowingCallable writing : List.<ThrowingCallable>of(
                () -> put(storage, "a/file", "x"), () -> storage.claim("a/file", "x".getBytes(UTF_8)))) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(writing)
                    .withMessageContaining("cannot write a/file in folder " + root() + ": " + why)
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void whereLinksAreForbiddenAloneItIsRenamedAndNotClaimed() throws IOException {
        FolderStorage storage = linking(new AccessDeniedException("name"));
        put(storage, "a/file", "x");
        assertThat(root().resolve("a/file")).hasContent("x");
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.claim("a/claim", new byte[0]))
                .withMessageContaining("permission denied");
        assertThat(files()).containsExactly(root().resolve("a/file"));
    }

    @Test
    void whatTheSystemSaysOfALinkThatCannotBeIsKnown() throws IOException {
        Path no = Files.createDirectories(root().resolve("no"));
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Naming.LINK.name(no, root().resolve("link")))
                .satisfies(e -> assertThat(Naming.isUnable(e)).isTrue());
    }

    @Test
    void whatCannotBeAFolderIsRefusedWithWhatIsWrong() throws IOException {
        Files.createDirectories(root().getParent());
        Files.writeString(root(), "in the way");
        Storage storage = connect();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> put(storage, "file", "x"))
                .withMessageContaining("cannot write file in folder " + root())
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.list(""))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
    }

    @Test
    void whatIsNotOursIsNotListed() throws IOException {
        put(connect(), "file", "x");
        Files.writeString(root().resolve("with space"), "x");
        Files.createDirectories(root().resolve(".hidden"));
        Files.writeString(root().resolve(".hidden/file"), "x");
        Files.createDirectories(root().resolve("lost+found"));
        Files.createSymbolicLink(root().resolve("link"), root().resolve("file"));
        assertThat(names(connect())).containsExactly("file");
    }

    private Path left(String name, Instant at) throws IOException {
        Path file = Files.writeString(root().resolve(name), "half");
        return Files.setLastModifiedTime(file, FileTime.from(at));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().equals("from"))
                    .toList();
        }
    }

    private void put(Storage storage, String name, String content) throws IOException {
        storage.put(name, Files.write(folder.resolve("from"), content.getBytes(UTF_8)));
    }

    private static List<String> names(Storage storage) {
        return storage.list("").stream().map(StoredFile::name).toList();
    }
}
