// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.trim.RetentionNotes;
import io.contextgraph.ledger.trim.StoreMemory;
import io.contextgraph.ledger.trim.TierSizes;
import io.contextgraph.ledger.trim.Tiers;
import java.util.Optional;
import java.util.function.Supplier;

/** A ledger that uses as much memory as somebody says. */
public record OtherTiers(Partition ledger, Supplier<Optional<StoreMemory>> used) implements ForwardingLedger {
    @Override
    public Tiers tiers() {
        return new Tiers() {
            @Override
            public Optional<StoreMemory> memory() {
                return used.get();
            }

            @Override
            public TierSizes sizes() {
                return ledger.tiers().sizes();
            }

            @Override
            public RetentionNotes notes() {
                return ledger.tiers().notes();
            }
        };
    }

    @Override
    public EventFeed feed(String group) {
        return ledger.feed(group);
    }
}
