// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import java.util.Locale;

/** Who works on the ledger in Redis: each may be a user of its own there, with no right that it does not need. */
public enum Role {
    /** Prepares and mends the index, looks at the server's settings and at the rights of the others. Reads no event. */
    OPERATOR,
    /** Writes events through the append script, and entries of sessions that have lost them through {@code mend.lua}. */
    APPEND,
    /** Reads and searches events. Writes nothing. */
    READ,
    /** Takes part in consumer groups, remembers long work. Writes no event. */
    PROJECT,
    /** Trims streams and deletes what has been archived: the only one that may. */
    RETENTION,
    /** Raises the fences of persons who are erased, and deletes their sealed payloads: the only one that may do the first. */
    ERASE,
    /** Makes and changes access keys, for {@code contextgraph keys} alone: no server uses it. */
    KEYS,
    /** Takes snapshots of everything in this Redis: for backups alone. Reads and writes no event. */
    BACKUP,
    /** Examines and mends a damaged ledger, for {@code contextgraph ledger} alone: no server uses it. */
    MEND;

    /** The name in settings and in the names of users. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
