// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.forward;

import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.OperationStore;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.seal.Sealing;
import io.contextgraph.ledger.trim.Tiers;
import io.contextgraph.ledger.trim.Trimming;

/** A ledger in front of another one, whose parts it has but for those that it puts its own in the place of. */
public abstract class ForwardingLedger implements Partition {
    private final Partition ledger;

    protected ForwardingLedger(Partition ledger) {
        this.ledger = ledger;
    }

    @Override
    public EventLog log() {
        return ledger.log();
    }

    @Override
    public EventOrder order() {
        return ledger.order();
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

    @Override
    public Trimming trimming() {
        return ledger.trimming();
    }

    @Override
    public Pruning pruning() {
        return ledger.pruning();
    }

    @Override
    public PersonalEvents personal() {
        return ledger.personal();
    }

    @Override
    public Tiers tiers() {
        return ledger.tiers();
    }

    @Override
    public Sealing sealing() {
        return ledger.sealing();
    }
}
