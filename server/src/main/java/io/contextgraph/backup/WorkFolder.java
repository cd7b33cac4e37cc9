// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.ops.OwnerFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder for files that are worked on, its owner's alone; goes when it is closed, or, where its process is gone, with the next
 * one.
 *
 * <p><b>Shape.</b> {@code <name>}, and beside it {@code <name>.lock}, which its process holds a lock of: process numbers tell
 * nothing, as a container gives the same one again.
 */
final class WorkFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkFolder.class);
    private static final String LOCK = ".lock";
    private static final Pattern NAME = Pattern.compile("[0-9a-f-]{36}");
    private static final FileAttribute<?>[] OWNER_FOLDER = OwnerFiles.mode("rwx------");
    private static final FileAttribute<?>[] OWNER_FILE = OwnerFiles.mode("rw-------");

    private final Path path;
    private final FileChannel lock;

    private WorkFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** An empty one; takes away those whose processes are gone. */
    static WorkFolder fresh(Path in) throws IOException {
        Path root = Files.createDirectories(in.toAbsolutePath().normalize(), OWNER_FOLDER);
        for (Path there : folders(root)) {
            removeIfLeft(there);
        }
        while (true) {
            Path path = root.resolve(UUID.randomUUID().toString());
            Optional<FileChannel> held = hold(path);
            if (held.isPresent()) {
                return new WorkFolder(Files.createDirectory(path, OWNER_FOLDER), held.get());
            }
        }
    }

    /** Those that are there, and those of which only the lock is. */
    private static List<Path> folders(Path root) throws IOException {
        try (Stream<Path> all = Files.list(root)) {
            return all.map(file -> file.getFileName().toString().replace(LOCK, ""))
                    .filter(name -> NAME.matcher(name).matches())
                    .distinct()
                    .map(root::resolve)
                    .toList();
        }
    }

    private static Path lockOf(Path folder) {
        return folder.resolveSibling(folder.getFileName() + LOCK);
    }

    /** Holds the lock of a folder; empty where another has it, or has taken its file away meanwhile. */
    private static Optional<FileChannel> hold(Path folder) throws IOException {
        Path file = lockOf(folder);
        FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_FILE);
        boolean held = false;
        try {
            held = channel.tryLock() != null && Files.exists(file);
        } catch (OverlappingFileLockException here) {
            // Another thread of this process works there.
        } finally {
            if (!held) {
                channel.close();
            }
        }
        return held ? Optional.of(channel) : Optional.empty();
    }

    private static void removeIfLeft(Path folder) throws IOException {
        Optional<FileChannel> held = hold(folder);
        if (held.isPresent()) {
            new WorkFolder(folder, held.get()).close();
        }
    }

    /** Where it is. */
    Path path() {
        return path;
    }

    /** With all that is in it, and its lock, which is held meanwhile. */
    private static void remove(Path folder) throws IOException {
        Path removed = Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                return gone(file);
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException why) throws IOException {
                return goneBy(why);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException why) throws IOException {
                return why == null ? gone(visited) : goneBy(why);
            }
        });
        boolean ignored = Files.deleteIfExists(lockOf(removed));
    }

    private static FileVisitResult gone(Path file) throws IOException {
        boolean ignored = Files.deleteIfExists(file);
        return FileVisitResult.CONTINUE;
    }

    /** What somebody else has taken away is no longer there to be taken away. */
    private static FileVisitResult goneBy(IOException why) throws IOException {
        if (why instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw why;
    }

    /** Where it cannot be taken away the log says so: what was done in it is done. */
    @Override
    public void close() {
        try (lock) {
            remove(path);
        } catch (IOException stays) {
            LOG.warn("backups: {} stays until the next one: {}", path, stays.getMessage());
        }
    }
}
