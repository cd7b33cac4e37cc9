// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.OperationStore;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.Sessions;

/** A ledger that takes and gives events by another log, such as one that fails. */
record LedgerWith(Ledger ledger, EventLog log) implements Ledger {
    @Override
    public EventSearch search() {
        return ledger.search();
    }

    @Override
    public Sessions sessions() {
        return ledger.sessions();
    }

    @Override
    public EventFeed feed(String group) {
        return ledger.feed(group);
    }

    @Override
    public Parking parking() {
        return ledger.parking();
    }

    @Override
    public Epochs epochs() {
        return ledger.epochs();
    }

    @Override
    public OperationStore operations() {
        return ledger.operations();
    }
}
