// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.sealing;

import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.forward.ForwardingLedger;
import io.contextgraph.ledger.partition.Partition;
import java.util.Optional;
import java.util.function.Supplier;

/** A ledger whose log seals what is about a person. */
public final class SealingLedger extends ForwardingLedger {
    private final Supplier<Optional<PayloadSealer>> sealer;

    /**
     * @param sealer asked when something is about a person; empty where there are no keys: then nothing about a person is taken
     */
    public SealingLedger(Partition ledger, Supplier<Optional<PayloadSealer>> sealer) {
        super(ledger);
        this.sealer = sealer;
    }

    /** @param sealer empty where there are no keys */
    public SealingLedger(Partition ledger, Optional<PayloadSealer> sealer) {
        this(ledger, () -> sealer);
    }

    @Override
    public EventLog log() {
        return new SealingLog(super.log(), sealer);
    }
}
