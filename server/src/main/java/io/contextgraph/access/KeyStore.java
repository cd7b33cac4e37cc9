// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where keys are kept: with the ledger, for all servers of a deployment.
 *
 * <p><b>Guarantees.</b> A change is seen by whoever reads afterwards. A key is never forgotten: one that is revoked stays, as
 * the record of it. Each call is atomic.
 *
 * <p><b>Errors.</b> Those of the store.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface KeyStore {
    /** All of them, by name. */
    List<AccessKey> all();

    /** The key of a name. */
    Optional<AccessKey> find(String name);

    /** Adds a key; false where there is or was one of this name. */
    boolean add(AccessKey key);

    /** Puts a key in the place of what it was; false where that is not what the store has. */
    boolean replace(AccessKey was, AccessKey key);

    /** When each key was used last, about; without those that never were. */
    Map<String, Instant> lastUses();

    /** Remembers when keys were used. */
    void used(Map<String, Instant> at);
}
