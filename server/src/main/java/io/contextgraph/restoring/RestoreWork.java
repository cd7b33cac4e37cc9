// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.archive.ArchiveException;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.Work;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.storage.StorageException;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** A restore, or a dry one, as long work. */
public record RestoreWork(Restorer restorer, List<SegmentId> segments, Duration keep, boolean dryRun) implements Work {
    public static final String KIND = "restore";

    public RestoreWork {
        segments = List.copyOf(segments);
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** That of retention: what one brings back the other takes out. */
    @Override
    public String lock() {
        return "retention";
    }

    /** @return as {@link RestoreJson} has it */
    @Override
    public ObjectNode run(Watcher watcher) {
        try {
            return RestoreJson.of(restorer.run(segments, keep, dryRun, watcher));
        } catch (LedgerException | StorageException | ArchiveException away) {
            throw new WorkFailedException(String.valueOf(away.getMessage()), away);
        }
    }
}
