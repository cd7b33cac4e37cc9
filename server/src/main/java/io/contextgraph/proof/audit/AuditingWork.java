// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.archive.ArchiveException;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.Work;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.proof.ProofException;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.storage.StorageException;
import java.io.UncheckedIOException;
import tools.jackson.databind.node.ObjectNode;

/** An audit as long work. */
public record AuditingWork(Proving proving, Auditor.Request request) implements Work {
    public static final String KIND = "audit";

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String lock() {
        return KIND;
    }

    /** @return as {@link AuditJson} has it */
    @Override
    public ObjectNode run(Watcher watcher) {
        try {
            return AuditJson.of(proving.audit(request, watcher));
        } catch (LedgerException
                | StorageException
                | ProofException
                | TileException
                | ArchiveException
                | UncheckedIOException away) {
            throw new WorkFailedException(String.valueOf(away.getMessage()), away);
        }
    }
}
