// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.ledger.seal.Sealing;
import io.contextgraph.ledger.seal.Settled;
import io.contextgraph.ledger.trim.Lease;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is there is there to stay: there is no disk. */
final class InMemorySealing implements Sealing {
    private final InMemoryLedger ledger;
    private final InMemoryTrimming lease;
    private volatile @Nullable Seal remembered;

    InMemorySealing(InMemoryLedger ledger) {
        this.ledger = ledger;
        this.lease = new InMemoryTrimming(ledger);
    }

    @Override
    public Lease lease() {
        return lease;
    }

    @Override
    public Settled settle() {
        return new Settled(ledger.head(), Optional.empty(), "");
    }

    @Override
    public boolean stands(Settled settled) {
        return true;
    }

    @Override
    public void remember(Seal seal) {
        remembered = seal;
    }

    @Override
    public Optional<Seal> seal() {
        return Optional.ofNullable(remembered);
    }
}
