// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.snapshot.Snapshots.Store;
import java.io.IOException;
import java.nio.file.Path;

/** Tries a snapshot out: starts a store on it and looks at the ledger in it. */
public interface SnapshotTrial {
    /**
     * Tries one out.
     *
     * @param snapshot stays as it is
     * @param store what it was taken of
     * @param work an empty folder of its own
     * @throws IOException with the reason why no store could be started on it
     */
    Seen tryOut(Path snapshot, Store store, Path work) throws IOException;

    /**
     * What was seen.
     *
     * @param standing which ledger it is, and where it ends
     * @param damages how much is not as an append leaves it
     * @param store what it was tried out on, for people
     */
    record Seen(Epochs.Standing standing, long damages, String store) {}
}
