// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.Work;
import tools.jackson.databind.node.ObjectNode;

/** Reading a backup back and trying it out, as long work. */
public record BackupVerifying(BackupStore backups, Backup backup) implements Work {
    public static final String KIND = "verify_backup";

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String lock() {
        return Backups.LOCK;
    }

    /** @return as {@link BackupJson#of(Backup)} has it */
    @Override
    public ObjectNode run(Watcher watcher) {
        return BackupJson.of(backups.verify(backup, watcher));
    }
}
