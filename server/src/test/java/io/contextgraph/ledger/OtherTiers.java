// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.trim.RetentionNotes;
import io.contextgraph.ledger.trim.StoreMemory;
import io.contextgraph.ledger.trim.TierSizes;
import io.contextgraph.ledger.trim.Tiers;
import io.contextgraph.ledger.trim.Trimming;
import java.util.Optional;
import java.util.function.Supplier;

/** A ledger that uses as much memory as somebody says. */
public record OtherTiers(Ledger ledger, Supplier<Optional<StoreMemory>> used) implements Ledger {
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
    public Trimming trimming() {
        return ledger.trimming();
    }

    @Override
    public EventLog log() {
        return ledger.log();
    }

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
