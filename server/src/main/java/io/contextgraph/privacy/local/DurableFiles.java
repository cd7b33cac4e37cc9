// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import io.contextgraph.ops.OwnerFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Files of secrets, their owner's alone, written so that a crash leaves the old one or the new one.
 *
 * <p><b>Shape.</b> What is being written has the name of its file between {@code .} and {@value #PART}, what is being
 * destroyed between {@code .} and {@value #GONE}: one of each for a name, so that whoever writes or destroys next finds what
 * was left. Of all who do so at once with one name only one may be at work: they hold a lock.
 */
class DurableFiles {
    static final String PART = ".part";
    static final String GONE = ".gone";

    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    /** Whoever runs a container gives it files that are root's, and its group's to read. */
    private static final String ROOT = "root";

    /** Reads all of one. */
    byte[] read(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    /** Writes one in place of what was there. */
    void write(Path file, byte[] content) throws IOException {
        Path part = beside(file, PART);
        deleteIfThere(part);
        fill(created(part), content);
        renamed(part, file);
        sync(parent(file));
    }

    /** Destroys one: out of the way first, so that nobody takes half of it for what it was. */
    void destroy(Path file) throws IOException {
        Path gone = beside(file, GONE);
        // What a crash has left of an earlier time.
        destroyNow(gone);
        destroyNow(beside(file, PART));
        if (isThere(file)) {
            renamed(file, gone);
            sync(parent(file));
            destroyNow(gone);
        }
        if (Files.isDirectory(parent(file))) {
            sync(parent(file));
        }
    }

    private void destroyNow(Path file) throws IOException {
        if (isThere(file)) {
            overwrite(file);
            deleteIfThere(file);
        }
    }

    /** Where that cannot be told, it is no reason to go on. */
    private static boolean isThere(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).size() >= 0;
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    /** Makes a folder with those above it that are missing. */
    void folder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Path above = parent(folder);
            folder(above);
            Path ignored = Files.createDirectories(folder, OwnerFiles.mode("rwx------"));
            sync(above);
        }
    }

    /** Whether others may read or change one: its group only to read it, and only where it is root's and not ours. */
    static boolean isOpenToOthers(Path file) throws IOException {
        if (!OwnerFiles.isPosix()) {
            return false;
        }
        Set<PosixFilePermission> open = EnumSet.copyOf(OTHERS);
        boolean given = Files.getOwner(file).getName().equals(ROOT)
                && !System.getProperty("user.name", "").equals(ROOT);
        if (!given) {
            open.add(PosixFilePermission.GROUP_READ);
        }
        open.retainAll(Files.getPosixFilePermissions(file));
        return !open.isEmpty();
    }

    /** The name that a file has whose content is being written or destroyed. */
    static Path beside(Path file, String ending) {
        return file.resolveSibling("." + file.getFileName() + ending);
    }

    // The steps, in which a crash can happen.

    Path created(Path file) throws IOException {
        return Files.createFile(file, OwnerFiles.mode("rw-------"));
    }

    void fill(Path file, byte[] content) throws IOException {
        OwnerFiles.fill(file, content);
    }

    void renamed(Path from, Path to) throws IOException {
        Path ignored = Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void overwrite(Path file) throws IOException {
        fill(file, new byte[Math.toIntExact(Files.size(file))]);
    }

    void deleteIfThere(Path file) throws IOException {
        boolean ignored = Files.deleteIfExists(file);
    }

    /** Names in it are on the disk. */
    void sync(Path folder) throws IOException {
        Optional<FileChannel> opened = opened(folder);
        if (opened.isPresent()) {
            try (FileChannel channel = opened.get()) {
                channel.force(true);
            }
        }
    }

    private static Optional<FileChannel> opened(Path folder) throws IOException {
        try {
            return Optional.of(FileChannel.open(folder, StandardOpenOption.READ));
        } catch (AccessDeniedException notHere) {
            // Some systems do not open folders; there the name follows by itself.
            return Optional.empty();
        }
    }

    static Path parent(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException(path + " has no folder above it");
        }
        return parent;
    }
}
