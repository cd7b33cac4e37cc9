// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.proof.LogName;
import io.contextgraph.proof.Predecessor;
import io.contextgraph.proof.StoredLog;
import io.contextgraph.proof.audit.AuditFault.Kind;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.proof.tree.Tree;

/** Holds what a ledger remembers of what was signed against the log. */
record SealAudit(LogName name, StoredLog log, LedgerIdentity identity, AuditFindings findings) {
    /** @param tree of the log */
    void look(Seal seal, Tree tree) {
        if (!isOfIt(seal)) {
            return;
        }
        long size = seal.last().seq();
        if (size > tree.size()) {
            fault("the ledger remembers that " + size + " events were signed for, and the log in " + log + " has "
                    + tree.size() + ": it is an older copy, or another one than proof.store names");
            return;
        }
        try {
            if (!tree.root(size).base64().equals(seal.root())) {
                fault("the ledger remembers another root for the first " + size + " events than that which the log in "
                        + log
                        + " leads to; where nothing else is wrong, somebody has altered what it remembers, the field"
                        + " sealed of retention in Redis: take it away (HDEL), and a server writes it anew");
            }
        } catch (TileException told) {
            // That tiles are missing is a fault of its own.
        }
    }

    /** Whether it is of this log, or of an earlier one, of which this one has taken over all that it tells of. */
    private boolean isOfIt(Seal seal) {
        return seal.epoch() == name.epoch()
                || (identity.lastCommon(seal.epoch())
                                .filter(cut -> cut.seq() >= seal.last().seq())
                                .isPresent()
                        && log.predecessor()
                                .map(note -> Predecessor.parse(note.text()))
                                .filter(before -> before.common() >= seal.last().seq())
                                .isPresent());
    }

    private void fault(String what) {
        findings.add(AuditFault.of(Kind.CHECKPOINT, what));
    }
}
