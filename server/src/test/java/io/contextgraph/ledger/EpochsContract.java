// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.LedgerIdentity.Cut;
import io.contextgraph.testing.Events;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every {@link Epochs} must do. */
public abstract class EpochsContract extends LedgerContract<PartitionFixture> {
    private Head appended(long n) {
        RecordedEvent event = appended(Events.event(n, "s"));
        return new Head(event.seq(), event.position());
    }

    @Test
    void aLedgerWithoutEventsIsNone() {
        assertThat(ledger.epochs().now()).isEqualTo(new Epochs.Standing(LedgerIdentity.NONE, Head.EMPTY));
        assertThat(ledger.epochs().begin(0, 1, Head.EMPTY)).isFalse();
        assertThat(ledger.epochs().now().identity()).isEqualTo(LedgerIdentity.NONE);
    }

    @Test
    void itStaysTheSameLedgerFromItsFirstEventOn() {
        Head first = appended(1);
        Epochs.Standing begun = ledger.epochs().now();
        assertThat(begun.identity().id()).isPresent();
        assertThat(begun.identity().epoch()).isEqualTo(1);
        assertThat(begun.identity().cuts()).isEmpty();
        assertThat(begun.head()).isEqualTo(first);
        Head second = appended(2);
        assertThat(another().epochs().now()).isEqualTo(new Epochs.Standing(begun.identity(), second));
    }

    @Test
    void anEpochBeginsOnceAndIsSeenByAll() {
        Head first = appended(1);
        Head second = appended(2);
        Optional<String> id = ledger.epochs().now().identity().id();
        Epochs there = another().epochs();
        assertThat(there.begin(1, 2, second)).isTrue();
        assertThat(ledger.epochs().begin(1, 2, first)).isFalse();
        LedgerIdentity now = ledger.epochs().now().identity();
        assertThat(now.id()).isEqualTo(id);
        assertThat(now.epoch()).isEqualTo(2);
        assertThat(now.cuts()).containsExactly(new Cut(2, second));
        // A server may know of epochs that this ledger, restored from before, does not.
        assertThat(ledger.epochs().begin(2, 7, first)).isTrue();
        now = there.now().identity();
        assertThat(now.epoch()).isEqualTo(7);
        assertThat(now.cuts()).containsExactly(new Cut(2, second), new Cut(7, first));
        assertThat(now.lastCommon(1)).contains(first);
        assertThat(now.lastCommon(2)).contains(first);
        assertThat(now.lastCommon(7)).isEmpty();
        assertThat(appended(3).seq()).isEqualTo(3);
        assertThat(there.now().identity()).isEqualTo(now);
    }

    @Test
    void anEpochMayHaveNothingInCommonWithTheOnesBefore() {
        Head ignored = appended(1);
        assertThat(ledger.epochs().begin(1, 2, Head.EMPTY)).isTrue();
        assertThat(ledger.epochs().now().identity().cuts()).containsExactly(new Cut(2, new Head(0, Position.START)));
    }
}
