// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage;

import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import io.contextgraph.storage.Storage.Deletion;
import io.contextgraph.storage.StorageException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/** Tries whether a storage does what it must: with a small file of its own, which goes again. */
public final class StorageTrial {
    private static final String FOLDER = "trial/";

    private StorageTrial() {}

    /**
     * Writes, tries to write over it, reads, lists and deletes; never fails.
     *
     * @param subject what the storage is for, such as {@code archive}
     */
    public static Finding of(Storage storage, String subject) {
        String name = FOLDER + UUID.randomUUID();
        try {
            Path file = Files.createTempFile("contextgraph-trial", "");
            try {
                byte[] content = name.getBytes(StandardCharsets.UTF_8);
                Path written = Files.write(file, content);
                storage.put(name, written);
                return used(storage, subject, name, written, content);
            } finally {
                boolean ignored = Files.deleteIfExists(file);
            }
        } catch (StorageException | IOException | UncheckedIOException e) {
            return Finding.of(Level.PROBLEM, subject, String.valueOf(e.getMessage()));
        }
    }

    private static Finding used(Storage storage, String subject, String name, Path file, byte[] content)
            throws IOException {
        boolean protects = protects(storage, name, file);
        boolean reads;
        try (InputStream in = storage.open(name)) {
            reads = Arrays.equals(in.readNBytes(content.length + 1), content);
        }
        boolean lists = storage.list(name).stream().anyMatch(stored -> stored.bytes() == content.length);
        Deletion deletion = storage.delete(name);
        String where = " in " + storage.describe();
        if (!protects) {
            return Finding.of(
                    Level.PROBLEM,
                    subject,
                    "a file can be written over" + where + ": it ignores the condition that there is none");
        }
        if (!reads || !lists) {
            return Finding.of(Level.PROBLEM, subject, "what was written is not there, or is something else," + where);
        }
        return deletion == Deletion.RETAINED
                ? Finding.of(
                        Level.OK,
                        subject,
                        "writing and reading works" + where + ", which keeps what was written for now")
                : Finding.of(Level.OK, subject, "writing, reading and deleting works" + where);
    }

    private static boolean protects(Storage storage, String name, Path file) {
        try {
            storage.put(name, file);
            return false;
        } catch (StorageException e) {
            if (e.reason() != Reason.EXISTS) {
                throw e;
            }
            return true;
        }
    }
}
