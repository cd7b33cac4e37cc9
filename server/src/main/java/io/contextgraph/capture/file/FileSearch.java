// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.Malformed;
import io.contextgraph.capture.record.Refusal;
import io.contextgraph.capture.text.TraceSource;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Finds files one root after the other, and says of everything else why it is none of them. */
final class FileSearch {
    private final Folders folders;
    private final List<TraceFile> files = new ArrayList<>();
    private final List<Refusal> skipped = new ArrayList<>();
    private final List<Refusal> refused = new ArrayList<>();
    private boolean inputRead;

    /** Opens folders. */
    interface Folders {
        DirectoryStream<Path> open(Path folder) throws IOException;
    }

    FileSearch(Folders folders) {
        this.folders = folders;
    }

    TraceFile.Listing found() {
        return new TraceFile.Listing(files, skipped, refused);
    }

    /** A path that was asked for. */
    void root(Path root) {
        BasicFileAttributes what;
        try {
            what = Files.readAttributes(root, BasicFileAttributes.class);
        } catch (IOException failed) {
            refuse(root, reason(root, failed));
            return;
        }
        if (what.isRegularFile()) {
            add(root, what, true);
        } else if (what.isDirectory()) {
            int before = files.size() + refused.size();
            folder(root);
            if (files.size() + refused.size() == before) {
                refuse(root, "there is nothing to read in this folder");
            }
        } else {
            refuse(
                    root,
                    "it is no regular file, and content is read twice: give it to standard input, which is named "
                            + StandardInput.PATH);
        }
    }

    /** Standard input. */
    void input(StandardInput input) {
        if (inputRead) {
            refused.add(Refusal.ofFile(StandardInput.NAME, "it can be read once: name it once"));
            return;
        }
        inputRead = true;
        try {
            files.add(input.kept());
        } catch (IOException failed) {
            refused.add(Refusal.ofFile(
                    StandardInput.NAME,
                    "it cannot be kept in a temporary file in " + input.folder() + ", as reading it twice needs: "
                            + Malformed.reason(failed)));
        }
    }

    private void folder(Path folder) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = folders.open(folder)) {
            stream.forEach(entries::add);
        } catch (IOException failed) {
            refuse(folder, ofFolder(failed));
            return;
        } catch (DirectoryIteratorException failed) {
            refuse(folder, ofFolder(Objects.requireNonNull(failed.getCause())));
            return;
        }
        entries.sort(Comparator.comparing(path -> String.valueOf(path.getFileName())));
        entries.forEach(this::entry);
    }

    private static String ofFolder(IOException failed) {
        return failed instanceof AccessDeniedException
                ? "the folder may not be read: permission denied"
                : Malformed.reason(failed);
    }

    private void entry(Path entry) {
        if (String.valueOf(entry.getFileName()).startsWith(".")) {
            skip(entry, "hidden");
            return;
        }
        BasicFileAttributes what;
        try {
            what = Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException failed) {
            refuse(entry, Malformed.reason(failed));
            return;
        }
        if (what.isSymbolicLink()) {
            link(entry);
        } else if (what.isDirectory()) {
            folder(entry);
        } else if (what.isRegularFile()) {
            add(entry, what, false);
        } else {
            skip(entry, "not a regular file");
        }
    }

    /** One that leads nowhere is nothing that somebody wanted to be skipped. */
    private void link(Path link) {
        try {
            BasicFileAttributes ignored = Files.readAttributes(link, BasicFileAttributes.class);
        } catch (NoSuchFileException nothing) {
            refuse(link, reason(link, nothing));
            return;
        } catch (IOException failed) {
            if (isLoop(link)) {
                refuse(link, reason(link, failed));
                return;
            }
        }
        skip(link, "a symbolic link");
    }

    private static String reason(Path path, IOException failed) {
        if (!Files.isSymbolicLink(path)) {
            return Malformed.reason(failed);
        }
        if (failed instanceof NoSuchFileException) {
            return "it is a symbolic link to something that is not there";
        }
        return isLoop(path) ? "it is a symbolic link that leads back to itself" : Malformed.reason(failed);
    }

    /** Whether following links from here comes to one of them again. */
    private static boolean isLoop(Path link) {
        Set<Path> met = new HashSet<>();
        Path at = link.toAbsolutePath().normalize();
        try {
            while (Files.isSymbolicLink(at)) {
                if (!met.add(at)) {
                    return true;
                }
                at = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
            }
        } catch (IOException hidden) {
            return false;
        }
        return false;
    }

    private void add(Path file, BasicFileAttributes what, boolean named) {
        files.add(new TraceFile(TraceSource.of(file), file.toString(), what.size(), named));
    }

    private void skip(Path path, String why) {
        skipped.add(Refusal.ofFile(path.toString(), why));
    }

    private void refuse(Path path, String why) {
        refused.add(Refusal.ofFile(path.toString(), why));
    }
}
