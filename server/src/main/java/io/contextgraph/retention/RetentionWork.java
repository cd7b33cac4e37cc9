// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.Work;
import io.contextgraph.operation.WorkFailedException;
import tools.jackson.databind.node.ObjectNode;

/** A run, or a dry one, as long work. */
public record RetentionWork(Retention retention, boolean dryRun) implements Work {
    public static final String KIND = "retention";

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String lock() {
        return KIND;
    }

    /** @return as {@link RetentionJson} has it */
    @Override
    public ObjectNode run(Watcher watcher) {
        try {
            return RetentionJson.of(dryRun ? retention.preview() : retention.run(watcher, Rest::sleeping));
        } catch (LedgerException away) {
            throw new WorkFailedException(String.valueOf(away.getMessage()), away);
        }
    }
}
