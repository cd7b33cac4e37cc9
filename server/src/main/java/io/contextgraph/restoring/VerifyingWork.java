// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveException;
import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.ArchiveJson;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.Work;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.storage.StorageException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Reading a segment back as long work. */
public record VerifyingWork(Archive archive, SegmentId segment) implements Work {
    public static final String KIND = "verify_archive";

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String lock() {
        return KIND;
    }

    /** @return as {@link ArchiveJson#verified} has it */
    @Override
    public ObjectNode run(Watcher watcher) {
        try {
            watcher.at(Restorer.Phase.VERIFYING, 0, 1);
            List<ArchiveFault> faults = archive.verify(segment);
            watcher.at(Restorer.Phase.VERIFYING, 1, 1);
            return ArchiveJson.verified(List.of(segment), faults);
        } catch (StorageException | ArchiveException away) {
            throw new WorkFailedException(String.valueOf(away.getMessage()), away);
        }
    }
}
