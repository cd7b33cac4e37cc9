// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.workspace;

import io.contextgraph.archive.Archive;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupStore;
import io.contextgraph.operation.Watcher;
import io.contextgraph.proof.audit.Proving;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.retention.Retaining;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** A partition of a deployment that is open for one command: what is done with each for itself. */
public interface OpenPartition {
    /**
     * What is done about retention.
     *
     * @param by who does it; a server knows that by the key
     */
    Retaining retaining(String by);

    /**
     * Takes a backup of what holds the partition.
     *
     * @throws io.contextgraph.operation.WorkFailedException when that cannot be, or another process takes one
     */
    Backup backUp(Watcher watcher);

    /** The backups that a server keeps; on the stores {@link Workspace.BackupFactory} knows them. */
    default BackupStore backups() {
        throw new UnsupportedOperationException("no server is asked here");
    }

    /** What can be shown to others of it. */
    Proving proving();

    /** Whether events are archived anywhere; on the stores only. */
    boolean archives();

    /** The archive of the partition; empty where it has no event, or there is no archive. */
    Optional<Archive> archive();

    /** The archive of another ledger in the same place; only where {@link #archives} says so. */
    Archive archive(UUID ledger, int partition);

    /** Brings events back from an archive. */
    Restorer restorer(Archive archive);

    /** The folder for copies of what the archive has of ids. */
    Path archivedIds();
}
