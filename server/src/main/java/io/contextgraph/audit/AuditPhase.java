// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.operation.Watcher;

/** What verify, repair and rebuild do: events are counted while replaying and comparing, sessions while repairing. */
public enum AuditPhase implements Watcher.Phase {
    /** Events go from the ledger into the graph again. */
    REPLAYING("replaying"),
    /** Ledger and graph are compared. */
    COMPARING("comparing"),
    /** Sessions that differ are put right. */
    REPAIRING("repairing");

    private final String wireName;

    AuditPhase(String wireName) {
        this.wireName = wireName;
    }

    @Override
    public String wireName() {
        return wireName;
    }
}
