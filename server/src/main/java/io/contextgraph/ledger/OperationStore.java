// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What is remembered of long work, and who may do it: kept beside the events, so that it outlives the process.
 *
 * <p><b>Guarantees.</b> Of those that claim a lock one has it, until it lets go, is made to, or has not renewed it for as
 * long as it said. Each call is atomic. Nothing here waits for a disk.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface OperationStore {
    /**
     * Takes a lock that nobody has.
     *
     * @param id of the operation that takes it
     * @param lease how long it has it without a renewal
     * @return whether it has it now
     */
    boolean claim(String lock, String id, Duration lease);

    /**
     * Keeps a lock for as long again.
     *
     * @return false where the operation has it no longer
     */
    boolean renew(String lock, String id, Duration lease);

    /** Lets a lock go, or makes an operation let it go; nothing where another has it. */
    void release(String lock, String id);

    /**
     * Remembers how an operation ended and lets its lock go, at once: who is told that it has ended can take the lock.
     *
     * @param record as {@link #save} takes it; remembered also where the operation has the lock no longer
     */
    void end(String lock, String id, String record);

    /** Which operation has a lock. */
    Optional<String> holder(String lock);

    /** Remembers an operation in place of what was remembered of it. */
    void save(String id, String record);

    /** What is remembered of one. */
    Optional<String> find(String id);

    /** What is remembered, by id. */
    Map<String, String> all();

    /** Forgets one. */
    void forget(String id);
}
