// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.seal.Sealing;
import io.contextgraph.ledger.trim.Tiers;
import io.contextgraph.ledger.trim.Trimming;

/** A ledger that is another one in all that it does not say itself, feeds apart. */
public interface ForwardingLedger extends Partition {
    Partition ledger();

    @Override
    default EventLog log() {
        return ledger().log();
    }

    @Override
    default EventOrder order() {
        return ledger().order();
    }

    @Override
    default EventSearch search() {
        return ledger().search();
    }

    @Override
    default Sessions sessions() {
        return ledger().sessions();
    }

    @Override
    default Parking parking() {
        return ledger().parking();
    }

    @Override
    default Epochs epochs() {
        return ledger().epochs();
    }

    @Override
    default OperationStore operations() {
        return ledger().operations();
    }

    @Override
    default Trimming trimming() {
        return ledger().trimming();
    }

    @Override
    default Pruning pruning() {
        return ledger().pruning();
    }

    @Override
    default PersonalEvents personal() {
        return ledger().personal();
    }

    @Override
    default Tiers tiers() {
        return ledger().tiers();
    }

    @Override
    default Sealing sealing() {
        return ledger().sealing();
    }
}
