// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file with a secret that is its owner's alone.
 *
 * <p><b>Units and bounds.</b> At most {@value #MOST_BYTES} bytes.
 *
 * <p><b>Guarantees.</b> It is on the disk when it is made, whole or not at all; it is not read when others may read or change it.
 *
 * <p><b>Errors.</b> {@link KeyServiceException} that says what to do, and quotes nothing of the file.
 */
public final class OwnedFile {
    static final int MOST_BYTES = 1 << 20;

    private static final DurableFiles FILES = new DurableFiles();

    private OwnedFile() {}

    /**
     * Makes one.
     *
     * @param file must not be there
     */
    public static void create(Path file, byte[] content) {
        Path ignored = changing(file, () -> {
            if (Files.exists(file)) {
                throw new KeyServiceException(
                        Reason.REFUSED,
                        "there is a " + file
                                + " already, and a key that is written over is lost for ever: use it, or name"
                                + " another file");
            }
            write(file, content);
            return file;
        });
    }

    /** Writes one in place of what was there. */
    public static void replace(Path file, byte[] content) {
        Path ignored = changing(file, () -> {
            write(file, content);
            return file;
        });
    }

    /** Does some work on one while nobody else does. */
    static <T> T changing(Path file, FileLocks.Work<T> work) {
        try {
            FILES.folder(DurableFiles.parent(file));
            return FileLocks.locked(DurableFiles.beside(file, ".lock"), work);
        } catch (IOException e) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "cannot write " + file + ": " + e + "; the user of this process must be able to",
                    e);
        }
    }

    /** Writes one in place of what was there. */
    static void write(Path file, byte[] content) throws IOException {
        FILES.write(file, content);
    }

    /**
     * Reads one.
     *
     * @param otherwise what to do where it is missing and there is no copy
     */
    public static byte[] read(Path file, String otherwise) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new KeyServiceException(
                        Reason.DAMAGED,
                        file + " is larger than " + MOST_BYTES + " bytes: is it the file that you mean?");
            }
            if (DurableFiles.isOpenToOthers(file)) {
                throw new KeyServiceException(
                        Reason.REFUSED,
                        "others than its owner may read or change " + file
                                + ", so what is in it is no secret: chmod 600, and make a new key if somebody may have"
                                + " read it");
            }
            return FILES.read(file);
        } catch (NoSuchFileException none) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "there is no " + file + ": bring it back from where you keep a copy; " + otherwise,
                    none);
        } catch (IOException e) {
            throw new KeyServiceException(
                    Reason.REFUSED, "cannot read " + file + ": " + e + "; the user of this process must be able to", e);
        }
    }
}
