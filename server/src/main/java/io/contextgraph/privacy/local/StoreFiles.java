// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.StoreHead;
import io.contextgraph.privacy.key.StoreSeal;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The files of a {@link FileKeyStore}, sealed, by their names below its folder. */
final class StoreFiles {
    private final Path folder;
    private final StoreSeal seal;
    private final DurableFiles files;

    StoreFiles(Path folder, StoreSeal seal, DurableFiles files) {
        this.folder = folder;
        this.seal = seal;
        this.files = files;
    }

    /** What one says; empty where there is none. */
    Optional<byte[]> read(String name) {
        return attempt("read", name, () -> {
            try {
                Optional<byte[]> content = opened(name);
                // Half overwritten by somebody who destroys it: when they are done, it is not there.
                return content.isPresent() ? content : FileLocks.locked(lockOf(name), () -> Optional.of(intact(name)));
            } catch (NoSuchFileException none) {
                requireThere();
                return Optional.empty();
            }
        });
    }

    /** What one says, for whoever holds its lock. */
    private byte[] intact(String name) throws IOException {
        return opened(name).orElseThrow(() -> damaged(name, "is cut or was altered"));
    }

    private Optional<byte[]> opened(String name) throws IOException {
        return seal.open(name, files.read(folder.resolve(name)));
    }

    KeyServiceException damaged(String name, String what) {
        return new KeyServiceException(
                Reason.DAMAGED,
                "the file " + folder.resolve(name) + " " + what + ": bring back the newest copy of it that you have");
    }

    /** Writes one, for whoever holds its lock. */
    void write(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        files.folder(DurableFiles.parent(file));
        files.write(file, seal.seal(name, content));
    }

    /** Destroys one, for whoever holds its lock. */
    void destroy(String name) throws IOException {
        files.destroy(folder.resolve(name));
    }

    /** Does something that changes what belongs to a digit, when nobody else does. */
    <T> T changing(String verb, char digit, FileLocks.Work<T> work) {
        return attempt(verb, "what begins with " + digit, () -> {
            requireThere();
            return FileLocks.locked(lockFile(digit), work);
        });
    }

    private Path lockOf(String name) {
        // All names end in the digits of a pseudonym and its number, or in the one digit of a shard.
        int digits = name.indexOf('_');
        return lockFile(name.charAt(digits < 0 ? name.length() - 1 : digits + 1));
    }

    private Path lockFile(char digit) {
        return folder.resolve(FileKeyStore.LOCKS).resolve(String.valueOf(digit));
    }

    /** A folder that is not mounted must not be taken for an empty store. */
    void requireThere() throws IOException {
        if (!Files.exists(folder.resolve(StoreHead.NAME))) {
            throw new KeyServiceException(
                    Reason.UNAVAILABLE,
                    "the store of keys is not in " + folder + " any more: is its disk not mounted? Nothing is taken for"
                            + " missing or new until it is back");
        }
    }

    /** Does something, and says in words of ours what went wrong. */
    <T> T attempt(String verb, String name, FileLocks.Work<T> work) {
        return attempt(folder, verb, name, work);
    }

    static <T> T attempt(Path folder, String verb, String name, FileLocks.Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            String what = "cannot " + verb + " " + name + " in " + folder + ": ";
            if (e instanceof AccessDeniedException) {
                throw new KeyServiceException(
                        Reason.REFUSED, what + "permission denied; the user of this process needs it", e);
            }
            if (e instanceof FileSystemException known) {
                throw new KeyServiceException(
                        Reason.REFUSED, what + known.getReason() + " (" + known.getFile() + ")", e);
            }
            throw new KeyServiceException(Reason.UNAVAILABLE, what + e.getMessage(), e);
        }
    }

    Path folder() {
        return folder;
    }
}
