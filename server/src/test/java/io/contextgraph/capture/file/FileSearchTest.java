// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.record.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSearchTest {
    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void withoutLinksAbove() throws IOException {
        folder = folder.toRealPath();
    }

    private String inShort(Refusal refusal) {
        return folder.relativize(Path.of(refusal.file())) + ": " + refusal.reason();
    }

    private List<String> names(TraceFile.Listing listing) {
        return listing.files().stream()
                .map(file -> folder.relativize(Path.of(file.name())) + " " + file.bytes() + " " + file.named())
                .toList();
    }

    @Test
    void aLinkThatIsNamedIsFollowed() throws IOException {
        Path file = Captured.write(folder, "file", "12345");
        Path below = Files.createDirectory(folder.resolve("below"));
        Captured.write(below, "a", "1");
        Path toFile = Files.createSymbolicLink(folder.resolve("to-file"), file);
        Path toFolder = Files.createSymbolicLink(folder.resolve("to-folder"), below);
        Path toLink = Files.createSymbolicLink(folder.resolve("to-link"), toFile);
        TraceFile.Listing listing = TraceFile.under(List.of(toFile, toFolder, toLink));
        assertThat(names(listing)).containsExactly("to-file 5 true", "to-folder/a 1 false", "to-link 5 true");
        assertThat(listing.refused()).isEmpty();
    }

    @Test
    void linksThatLeadNowhereAreRefusedWhereverTheyAre() throws IOException {
        Path root = Files.createDirectory(folder.resolve("root"));
        Captured.write(root, "a", "1");
        Captured.write(root, "z", "1");
        Path there = Files.createSymbolicLink(root.resolve("there"), Path.of("back"));
        Files.createSymbolicLink(root.resolve("back"), Path.of("there"));
        Path itself = Files.createSymbolicLink(root.resolve("itself"), Path.of("itself"));
        Path gone = Files.createSymbolicLink(root.resolve("gone"), Path.of("nothing"));
        Files.createSymbolicLink(root.resolve("up"), Path.of(".."));
        TraceFile.Listing below = TraceFile.under(List.of(root));
        assertThat(names(below)).containsExactly("root/a 1 false", "root/z 1 false");
        assertThat(below.skipped()).extracting(this::inShort).containsExactly("root/up: a symbolic link");
        assertThat(below.refused())
                .extracting(this::inShort)
                .containsExactly(
                        "root/back: it is a symbolic link that leads back to itself",
                        "root/gone: it is a symbolic link to something that is not there",
                        "root/itself: it is a symbolic link that leads back to itself",
                        "root/there: it is a symbolic link that leads back to itself");
        TraceFile.Listing named = TraceFile.under(List.of(there, itself, gone, root.resolve("a")));
        assertThat(names(named)).containsExactly("root/a 1 true");
        assertThat(named.refused())
                .extracting(this::inShort)
                .containsExactly(
                        "root/there: it is a symbolic link that leads back to itself",
                        "root/itself: it is a symbolic link that leads back to itself",
                        "root/gone: it is a symbolic link to something that is not there");
    }

    @Test
    void aFolderThatMayNotBeReadCostsItself() throws IOException {
        Path root = Files.createDirectory(folder.resolve("root"));
        Captured.write(root, "a", "1");
        Captured.write(Files.createDirectory(root.resolve("locked")), "b", "1");
        Captured.write(Files.createDirectory(root.resolve("stale")), "c", "1");
        Captured.write(root, "z", "1");
        FileSearch.Folders real = Files::newDirectoryStream;
        FileSearch search = new FileSearch(path -> switch (String.valueOf(path.getFileName())) {
            case "locked" -> throw new AccessDeniedException(path.toString());
            case "stale" -> new Stale(path);
            default -> real.open(path);
        });
        search.root(root);
        search.root(root.resolve("locked"));
        TraceFile.Listing listing = search.found();
        assertThat(names(listing)).containsExactly("root/a 1 false", "root/z 1 false");
        assertThat(listing.refused())
                .extracting(this::inShort)
                .containsExactly(
                        "root/locked: the folder may not be read: permission denied",
                        "root/stale: the file cannot be read: Stale file handle",
                        "root/locked: the folder may not be read: permission denied");
    }

    /** A folder that fails while it is read. */
    private record Stale(Path folder) implements DirectoryStream<Path> {
        @Override
        public Iterator<Path> iterator() {
            throw new DirectoryIteratorException(new FileSystemException(folder.toString(), null, "Stale file handle"));
        }

        @Override
        public void close() {}
    }

    /** Of whatever user the test is: no name can be so long. */
    @Test
    void whatCannotBeLookedAtIsNamedWithoutItsNameTwice() {
        Path tooLong = folder.resolve("x".repeat(5000));
        TraceFile.Listing listing = TraceFile.under(List.of(tooLong));
        assertThat(listing.files()).isEmpty();
        assertThat(listing.refused())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.reason())
                        .startsWith("the file cannot be read: ")
                        .doesNotContain("xxx"));
    }

    @Test
    void whatIsNoFileCannotBeReadTwice() {
        Path device = Path.of("/dev/null");
        assertThat(TraceFile.under(List.of(device)).refused())
                .extracting(Refusal::reason)
                .containsExactly(
                        "it is no regular file, and content is read twice: give it to standard input, which is named -");
    }

    @Test
    void standardInputStandsWhereItIsNamed() throws IOException {
        Path file = Captured.write(folder, "a", "1");
        try (StandardInput input = new StandardInput(InputStream.nullInputStream(), folder)) {
            TraceFile.Listing listing = TraceFile.under(List.of(file, Path.of("-"), file, Path.of("-")), input);
            assertThat(listing.files())
                    .extracting(TraceFile::name)
                    .containsExactly(file.toString(), "standard input", file.toString());
            assertThat(listing.refused())
                    .extracting(refusal -> refusal.file() + ": " + refusal.reason())
                    .containsExactly("standard input: it can be read once: name it once");
        }
    }
}
