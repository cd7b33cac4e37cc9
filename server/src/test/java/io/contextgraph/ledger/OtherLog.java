// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

/** A ledger with another log or search. */
public record OtherLog(Ledger ledger, EventLog log, EventSearch search) implements ForwardingLedger {
    public OtherLog(Ledger ledger, EventLog log) {
        this(ledger, log, ledger.search());
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
                return new Standing(ledger.epochs().now().identity(), log.head());
            }

            @Override
            public boolean begin(long ends, long begins, Head lastCommon) {
                return ledger.epochs().begin(ends, begins, lastCommon);
            }
        };
    }
}
