// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.Repair;
import io.contextgraph.audit.Verifier;
import io.contextgraph.graph.GraphException;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.Work;
import io.contextgraph.operation.WorkFailedException;
import java.time.Duration;
import java.util.function.BiFunction;
import tools.jackson.databind.node.ObjectNode;

/**
 * Verify, repair and rebuild as long work: one of them at a time.
 *
 * <p><b>Units and bounds.</b> As many differences and sessions of each are named as was asked for, at most
 * {@value #MOST_NAMED}; all are counted.
 */
public final class AuditWork {
    /** What all of them work on. */
    public static final String LOCK = "graph";

    /** How many are named where nobody says otherwise. */
    public static final int NAMED = 100;

    /** The report is kept with the operation. */
    public static final int MOST_NAMED = 1000;

    private final Verifier verifier;
    private final Repair repair;
    private final Rebuild rebuild;
    private final Duration patience;

    /** @param patience how long each waits for the graph to catch up before it begins */
    public AuditWork(Verifier verifier, Repair repair, Rebuild rebuild, Duration patience) {
        this.verifier = verifier;
        this.repair = repair;
        this.rebuild = rebuild;
        this.patience = patience;
    }

    private record Named(String kind, int max, BiFunction<Watcher, Findings, ObjectNode> work) implements Work {
        @Override
        public String lock() {
            return LOCK;
        }

        @Override
        public ObjectNode run(Watcher watcher) {
            try {
                return work.apply(watcher, new Findings(max));
            } catch (GraphException | LedgerException away) {
                throw new WorkFailedException(String.valueOf(away.getMessage()), away);
            }
        }
    }

    /** Compares. */
    public Work verify(Verifier.Depth depth, int max) {
        return new Named(
                "verify",
                max,
                (watcher, found) -> ReportJson.of(verifier.verify(depth, patience, watcher, found), found));
    }

    /** Puts right what differs. */
    public Work repair(Verifier.Depth depth, int max) {
        return new Named(
                "repair", max, (watcher, found) -> ReportJson.of(repair.run(depth, patience, watcher, found), found));
    }

    /** Replays the ledger, or goes on with a rebuild that was interrupted. */
    public Work rebuild(Rebuild.Start start, int max) {
        return new Named(
                "rebuild", max, (watcher, found) -> ReportJson.of(rebuild.run(start, patience, watcher, found), found));
    }
}
