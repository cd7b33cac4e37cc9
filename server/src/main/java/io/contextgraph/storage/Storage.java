// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Files by name, in a folder or a bucket; names are relative, their parts separated by {@code /}.
 *
 * <p><b>Guarantees.</b> A file is there whole or not at all, is on disk when {@link #put} returns, and is never written over.
 *
 * <p><b>Errors.</b> {@link StorageException}.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface Storage extends AutoCloseable {
    /**
     * Copies a local file.
     *
     * @throws StorageException with {@link StorageException.Reason#EXISTS} where there is one of this name
     */
    void put(String name, Path from);

    /**
     * Writes what is in memory.
     *
     * @throws StorageException as {@link #put(String, Path)} does
     */
    void put(String name, byte[] content);

    /**
     * Writes what only one may, of several that do so at the very same instant: the others are told.
     *
     * @throws StorageException as {@link #put(String, Path)} does; with {@link StorageException.Reason#REFUSED} where it cannot be
     *     known who came first
     */
    void claim(String name, byte[] content);

    /**
     * Opens one to be read from its beginning; to be closed by the caller.
     *
     * @throws StorageException with {@link StorageException.Reason#MISSING} where there is none
     */
    InputStream open(String name);

    /** Those whose names begin like this, in the order of their names. */
    List<StoredFile> list(String prefix);

    /** Takes one away; harmless where there is none. */
    Deletion delete(String name);

    /** For people: where it is, without secrets. */
    String describe();

    @Override
    void close();

    /** What became of a file that was to go. */
    enum Deletion {
        /** It is not there any more. */
        GONE,
        /** Whoever keeps the files keeps this one, by a lock or a rule of theirs. */
        RETAINED
    }
}
