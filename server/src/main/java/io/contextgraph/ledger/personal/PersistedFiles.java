// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import java.time.Duration;
import java.util.List;

/**
 * The files in which a store keeps what it holds: they are written anew, so that what was deleted is in them no longer.
 *
 * <p><b>Guarantees.</b> What was deleted before the call is in no file that it tells as written. It may be repeated.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.ledger.LedgerException} where the store itself cannot be reached; what becomes of each
 * file is told.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public interface PersistedFiles {
    /**
     * Writes the append-only file of each server anew, those of replicas that can be reached too.
     *
     * @param patience how long to wait for each
     */
    List<Rewritten> appendOnly(Duration patience);

    /** Writes the snapshot of each server anew, likewise. */
    List<Rewritten> snapshots(Duration patience);

    /** What can become of a file. */
    enum Outcome {
        /** It is written anew. */
        WRITTEN,
        /** The server keeps no such file. */
        NONE,
        /** It is as it was, or nobody knows. */
        LEFT
    }

    /**
     * What has become of one file.
     *
     * @param server whose it is, as {@code 10.0.0.1:6379}
     * @param outcome what has become of it
     * @param told where it is, as far as that is known; why it is left
     * @param older others of the kind that were found beside it, and that nothing was done to
     */
    record Rewritten(String server, Outcome outcome, String told, List<String> older) {
        public Rewritten {
            older = List.copyOf(older);
        }
    }
}
