// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/** Files and folders that only their owner may read. */
final class PrivateFiles {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int PASSWORD_BYTES = 24;

    private PrivateFiles() {}

    /** Makes the folder with mode 0700 where it is missing. */
    static void createFolder(Path folder) throws IOException {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (FileAlreadyExistsException e) {
            throw new IOException(folder + " is a file, not a folder: choose another data.dir", e);
        } catch (AccessDeniedException e) {
            throw noPermission(folder, e);
        } catch (FileSystemException e) {
            throw new IOException("the folder " + folder + " cannot be made: " + e.getMessage(), e);
        }
        if (!Files.isWritable(folder)) {
            throw noPermission(folder, null);
        }
    }

    private static IOException noPermission(Path folder, @org.jspecify.annotations.Nullable Exception cause) {
        return new IOException(
                "no permission to write in " + folder + " as user " + System.getProperty("user.name")
                        + ": change its owner or set data.dir (CG_DATA_DIR) to another folder",
                cause);
    }

    /** Replaces the file in one step: a reader sees the old text or the new one, and nobody else sees either. */
    static void write(Path file, String text) throws IOException {
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var folder = file.toAbsolutePath().getParent();
        var temporary = Files.createTempFile(folder, "." + file.getFileName(), ".new", mode);
        try {
            Files.writeString(temporary, text, StandardCharsets.UTF_8);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Text that cannot be guessed, of letters, digits, {@code -} and {@code _}. */
    static String newPassword() {
        var bytes = new byte[PASSWORD_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The last lines of a log, for an error message; a log that cannot be read says so. */
    static String tail(Path log, int lines) {
        try {
            List<String> all = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return String.join("\n  ", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /** Starts a new log and keeps the one before it. */
    static void rotate(Path log) throws IOException {
        if (Files.exists(log)) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
        write(log, "");
    }
}
