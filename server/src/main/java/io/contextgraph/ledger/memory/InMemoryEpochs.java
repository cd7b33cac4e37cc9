// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.LedgerIdentity.Cut;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Which ledger in memory it is. */
final class InMemoryEpochs implements Epochs {
    private final InMemoryLedger ledger;
    private LedgerIdentity identity =
            new LedgerIdentity(Optional.of(UUID.randomUUID().toString()), 0, 1, List.of());

    InMemoryEpochs(InMemoryLedger ledger) {
        this.ledger = ledger;
    }

    @Override
    public Standing now() {
        return ledger.locked(
                () -> new Standing(ledger.events.isEmpty() ? LedgerIdentity.NONE : identity, ledger.head()));
    }

    /** It is that one. */
    void found(LedgerIdentity known) {
        identity = known;
    }

    @Override
    public boolean begin(long ends, long begins, Head lastCommon) {
        return ledger.locked(() -> {
            if (now().identity().epoch() != ends || ledger.events.isEmpty()) {
                return false;
            }
            List<Cut> cuts = new ArrayList<>(identity.cuts());
            cuts.add(new Cut(begins, lastCommon));
            identity = new LedgerIdentity(identity.id(), 0, begins, cuts);
            return true;
        });
    }
}
