// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;

/** A ledger with another log or search. */
public record OtherLog(Partition ledger, EventLog log, EventSearch search) implements ForwardingLedger {
    public OtherLog(Partition ledger, EventLog log) {
        this(ledger, log, ledger.search());
    }

    @Override
    public EventOrder order() {
        return log instanceof EventOrder own ? own : ledger.order();
    }

    @Override
    public EventFeed feed(String group) {
        return ledger.feed(group);
    }

    @Override
    public Epochs epochs() {
        return new Epochs() {
            @Override
            public Standing now() {
                return new Standing(ledger.epochs().now().identity(), order().head());
            }

            @Override
            public boolean begin(long ends, long begins, Head lastCommon) {
                return ledger.epochs().begin(ends, begins, lastCommon);
            }
        };
    }
}
