// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A ledger to which something is done after each append. */
record AfterAppend(PartitionFixture ledger, Consumer<PartitionFixture> work)
        implements PartitionFixture, ForwardingLedger {
    @Override
    public EventLog log() {
        return new BrokenLedgers.Log(ledger.log()) {
            @Override
            public AppendResult append(List<Append> appends, Durability atLeast) {
                AppendResult result = super.append(appends, atLeast);
                work.accept(ledger);
                return result;
            }
        };
    }

    @Override
    public EventFeed feed(String group, Duration claimAfter) {
        return ledger.feed(group, claimAfter);
    }

    @Override
    public PartitionFixture another() {
        return new AfterAppend(ledger.another(), work);
    }

    @Override
    public void close() {
        ledger.close();
    }
}
