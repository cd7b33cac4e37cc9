// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.trim.Tiers;
import io.contextgraph.ledger.trim.Trimming;

/** A ledger with another log or search. */
public record OtherLog(Ledger ledger, EventLog log, EventSearch search) implements Ledger {
    public OtherLog(Ledger ledger, EventLog log) {
        this(ledger, log, ledger.search());
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
        return new Epochs() {
            @Override
            public Standing now() {
                return new Standing(ledger.epochs().now().identity(), log.head());
            }

            @Override
            public boolean begin(long ends, long begins, Head lastCommon) {
                return ledger.epochs().begin(ends, begins, lastCommon);
            }
        };
    }

    @Override
    public OperationStore operations() {
        return ledger.operations();
    }

    @Override
    public Trimming trimming() {
        return ledger.trimming();
    }

    @Override
    public Tiers tiers() {
        return ledger.tiers();
    }
}
