// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.contextgraph.ledger.router.Partitioning;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
    private static final double ROUNDING = 1e-9;
    private static final short[] SLOTS = Spread.slots(20_001, 1);

    private static Spread spread(double exponent, double hot) {
        return Spread.of(new Skew(20_000, exponent, hot).shares(), SLOTS);
    }

    @Test
    void allEventsAreInSomePartition() {
        for (Spread spread : List.of(spread(0, 0), spread(1, 0), spread(0.8, 0.3))) {
            for (int partitions = 1; partitions <= Partitioning.MAX_PARTITIONS; partitions++) {
                assertThat(Arrays.stream(spread.partitions(partitions)).sum()).isCloseTo(1, within(ROUNDING));
            }
        }
    }

    @Test
    void manySessionsOfTheSameSizeFillAllPartitionsAlike() {
        for (int partitions : List.of(1, 2, 3, 7, 12)) {
            assertThat(spread(0, 0).carries(partitions)).isBetween(0.9 * partitions, partitions + ROUNDING);
        }
    }

    /** A session cannot be shared out. */
    @Test
    void noNumberOfPartitionsCarriesMoreThanTheLargestSessionAllows() {
        for (double hot : List.of(0.1, 0.25, 0.5)) {
            Spread spread = spread(0, hot);
            assertThat(spread.largest()).isEqualTo(hot);
            for (int partitions = 1; partitions <= Partitioning.MAX_PARTITIONS; partitions++) {
                assertThat(spread.carries(partitions)).isBetween(1 - ROUNDING, 1 / hot);
            }
        }
    }

    @Test
    void zipfsLawGivesEachRankItsShare() {
        double[] shares = new Skew(3, 1, 0).shares();
        assertThat(shares).containsExactly(new double[] {6.0 / 11, 3.0 / 11, 2.0 / 11}, within(1e-12));
    }

    @Test
    void theSameSeedDrawsTheSameIds() {
        assertThat(Spread.slots(1_000, 1)).isEqualTo(Arrays.copyOf(SLOTS, 1_000));
        assertThat(Spread.slots(1_000, 2)).isNotEqualTo(Arrays.copyOf(SLOTS, 1_000));
    }
}
