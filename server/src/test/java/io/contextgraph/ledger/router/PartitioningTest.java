// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.SessionId;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitioningTest {
    /** Whoever changes these numbers makes every partitioned ledger unreadable. */
    @Test
    void aSessionNeverChangesItsSlot() {
        assertThat(IntStream.range(0, 5).mapToObj(n -> Partitioning.slot(new SessionId("session-" + n))))
                .containsExactly(3397, 2248, 301, 323, 2097);
        assertThat(Partitioning.slot(new SessionId("\u00e4\u4e16\ud83d\ude00"))).isEqualTo(608);
        assertThat(IntStream.of(0, 1365, 1366, 2730, 2731, 4095).mapToObj(new Partitioning(3)::ofSlot))
                .containsExactly(0, 0, 1, 1, 2, 2);
    }

    @Test
    void slotsAreSharedOutEvenly() {
        for (int partitions = 1; partitions <= Partitioning.MAX_PARTITIONS; partitions++) {
            Partitioning partitioning = new Partitioning(partitions);
            int[] slots = new int[partitions];
            for (int slot = 0; slot < Partitioning.SLOTS; slot++) {
                slots[partitioning.ofSlot(slot)]++;
            }
            int least = Partitioning.SLOTS / partitions;
            assertThat(Arrays.stream(slots))
                    .as("%d partitions", partitions)
                    .allMatch(n -> n == least || n == least + 1);
        }
    }

    @Test
    void sessionsAreSharedOutEvenlyHoweverTheyAreNamed() {
        Partitioning partitioning = new Partitioning(7);
        for (String name : new String[] {"session-%d", "%08x-0000-4000-8000-000000000000", "%d", "user/%d/chat"}) {
            int[] sessions = new int[7];
            for (int n = 0; n < 70_000; n++) {
                sessions[partitioning.of(new SessionId(name.formatted(n)))]++;
            }
            assertThat(Arrays.stream(sessions)).as(name).allMatch(n -> n > 9_500 && n < 10_500);
        }
    }

    @Test
    void thereIsAtLeastOneAndThereAreNotTooMany() {
        assertThatThrownBy(() -> new Partitioning(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Partitioning(Partitioning.MAX_PARTITIONS + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new Partitioning(1).of(new SessionId("any"))).isZero();
    }
}
