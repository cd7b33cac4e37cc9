// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.forward.ForwardingLedger;
import io.contextgraph.ledger.partition.Partition;

/** A ledger whose log asks the archive about events that it does not know. */
public final class RememberingLedger extends ForwardingLedger {
    private final ArchiveWatch archive;
    private final boolean whole;

    /** @param whole whether the archive has the events; else only what tells which they were */
    public RememberingLedger(Partition ledger, ArchiveWatch archive, boolean whole) {
        super(ledger);
        this.archive = archive;
        this.whole = whole;
    }

    @Override
    public EventLog log() {
        return new RememberingLog(super.log(), pruning(), archive, whole);
    }
}
