// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * The claim of one process to a data folder.
 *
 * <p><b>Guarantees.</b> Held by one process at a time, and gone when that process is gone, in whatever way.
 */
final class DataFolder implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final int LONGEST_PID = 20;

    private final Path path;
    private final FileChannel channel;

    private DataFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Claims the folder, made where it is missing; empty when another process, or another part of this one, has it. */
    static Optional<DataFolder> claim(Path folder) throws IOException {
        PrivateFiles.createFolder(folder);
        var channel = open(folder.resolve(LOCK));
        try {
            if (channel.tryLock() == null) {
                channel.close();
                return Optional.empty();
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return Optional.of(new DataFolder(folder, channel));
        } catch (OverlappingFileLockException e) {
            channel.close();
            return Optional.empty();
        } catch (IOException e) {
            channel.close();
            throw new IOException(folder + " cannot be locked: " + e.getMessage(), e);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        try {
            return FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (AccessDeniedException e) {
            throw new IOException("no permission to write " + file + ": it belongs to another user", e);
        }
    }

    /** The process that has claimed the folder, as far as the lock file tells. */
    static String claimant(Path folder) throws IOException {
        try {
            var pid = Files.readString(folder.resolve(LOCK), StandardCharsets.ISO_8859_1)
                    .strip();
            return pid.matches("\\d{1," + LONGEST_PID + "}") ? "process " + pid : "another process";
        } catch (NoSuchFileException e) {
            return "another process";
        }
    }

    Path path() {
        return path;
    }

    /** Gives the folder free. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
