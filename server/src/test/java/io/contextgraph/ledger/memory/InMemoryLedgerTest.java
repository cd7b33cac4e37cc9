// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.PartitionContracts;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.testing.Events;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryLedgerTest extends PartitionContracts {
    @Override
    protected PartitionFixture empty() {
        return new InMemoryFixture();
    }

    @Override
    protected int largeSession() {
        return 5_000;
    }

    @Test
    void promisesNoMoreThanMemory() {
        InMemoryLedger ledger = new InMemoryLedger(Clock.systemUTC());
        for (Durability level : List.of(Durability.FSYNC, Durability.REPLICATED)) {
            assertThatThrownBy(() -> ledger.append(List.of(Append.of(Events.event(1, "s"))), level))
                    .isInstanceOfSatisfying(
                            LedgerException.class,
                            e -> assertThat(e.reason()).isEqualTo(LedgerException.Reason.DURABILITY_UNSUPPORTED));
        }
        assertThat(ledger.head().seq()).isZero();
    }
}
