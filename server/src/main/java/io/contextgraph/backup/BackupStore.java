// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.operation.Watcher;
import java.util.List;
import java.util.Optional;

/**
 * Backups that are kept somewhere, of whatever ledger they are.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.operation.WorkFailedException} with the reason.
 */
public interface BackupStore {
    /** All of them, newest first. */
    List<Backup> list();

    /** One of them. */
    Optional<Backup> find(String id);

    /** Reads one back, tries it out, and remembers what came of it. */
    Backup verify(Backup backup, Watcher watcher);
}
