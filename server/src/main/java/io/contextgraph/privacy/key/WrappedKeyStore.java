// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.List;
import java.util.Optional;

/**
 * Where wrapped data keys are kept, outside of Redis and of what is backed up with it.
 *
 * <p><b>Guarantees.</b> A change is on disk when its call returns, and is seen by every read that begins afterwards, in any
 * process. Each call is atomic: after a crash it has happened or not. No call looks at the ledger of erasures; that is done
 * by {@link DataKeys}.
 *
 * <p><b>Errors.</b> {@link KeyServiceException}; after UNAVAILABLE a change may have happened. What is there and cannot be
 * understood is DAMAGED, never absent. Every call ends within a bounded time.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface WrappedKeyStore extends AutoCloseable {
    /** A key; empty when there is none. */
    Optional<WrappedKey> find(KeyId id);

    /** Keeps a key where there is none; what is there afterwards: of several that do so at once all get the same. */
    WrappedKey create(KeyId id, WrappedKey key);

    /** Puts a key in the place of what it was; false where that is not what is there. */
    boolean replace(KeyId id, WrappedKey was, WrappedKey key);

    /**
     * Destroys a key in every version of it that is kept; harmless where there is none.
     *
     * @throws KeyServiceException when anything of it may be left
     */
    void destroy(KeyId id);

    /**
     * Which keys there are. A key that is there all the time is on one page exactly.
     *
     * @param after the last one of the page before; empty for the first page
     * @param limit most on a page; a page with fewer is the last
     */
    List<KeyId> list(Optional<KeyId> after, int limit);

    /** Who was erased and when, kept here too. */
    ErasureLedger erasures();

    /** Has what it needs of its own wrapped by the newest version of the wrapping key, where it has something. */
    default void rewrap(KeyWrapper wrapper) {}

    /** Which store it is, from when it was made and for ever: what refers to its keys can tell it from another. */
    String id();

    /** For people: where it is, without secrets. */
    String describe();

    @Override
    void close();
}
