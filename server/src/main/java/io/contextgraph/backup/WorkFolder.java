// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Folders for files that are worked on, their owner's alone; those of processes that are gone go with the next one. */
final class WorkFolder {
    private final Path root;

    WorkFolder(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** An empty one, named after this process. */
    Path fresh() throws IOException {
        FileAttribute<?>[] owner =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                        }
                        : new FileAttribute<?>[] {};
        Path ignored = Files.createDirectories(root, owner);
        for (Path old : children()) {
            String pid = old.getFileName().toString().split("-", 2)[0];
            if (pid.matches("\\d{1,18}")
                    && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                remove(old);
            }
        }
        return Files.createDirectory(root.resolve(ProcessHandle.current().pid() + "-" + UUID.randomUUID()), owner);
    }

    private List<Path> children() throws IOException {
        try (Stream<Path> all = Files.list(root)) {
            return all.toList();
        }
    }

    /** Takes one away, with all that is in it. */
    static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                boolean ignored = Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException gone) {
            // Another process takes it away, too.
        }
    }
}
