// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.growth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a row of costs is called. */
class ScalingTest {
    private static Scaling of(Double... costs) {
        return new Scaling(List.of(10_000, 100_000, 1_000_000).subList(0, costs.length), List.of(costs));
    }

    @Test
    void costsThatStayAreSteady() {
        assertThat(of(10.0, 11.0, 10.5).verdict("constant")).isEqualTo("constant");
        assertThat(of(10.0, 8.1, 8.0).verdict("linear")).isEqualTo("linear");
    }

    @Test
    void whatIsFixedShowsAtTheSmallSizesOnly() {
        assertThat(of(50.0, 30.0, 31.0).verdict("linear")).isEqualTo("linear from 100,000 events on");
    }

    @Test
    void costsThatGrowAtTheEndAreNot() {
        assertThat(of(10.0, 11.0, 20.0).verdict("linear")).isEqualTo("not linear");
    }

    @Test
    void smallStepsAddUp() {
        assertThat(of(10.0, 12.0, 14.0).verdict("constant")).isEqualTo("not constant");
    }

    @Test
    void oneSizeTellsNothing() {
        assertThat(of(10.0).verdict("linear")).isEqualTo("one size tells nothing of growth");
        assertThat(of(10.0).sentence("%.1f us", "linear")).isEqualTo("10.0 us: one size tells nothing of growth");
    }

    @Test
    void theSentenceHasEveryCostAndEveryFactor() {
        assertThat(of(50.0, 30.0, 33.0).sentence("%.1f us", "linear"))
                .isEqualTo("50.0 us, 30.0 us, 33.0 us, from size to size times 0.60 and 1.10: linear from 100,000"
                        + " events on");
        assertThat(of(50.0, 30.0, 33.0).ratio()).isEqualTo(0.66);
    }

    @Test
    void thereIsACostForEachSize() {
        assertThatThrownBy(() -> new Scaling(List.of(1, 2), List.of(1.0))).isInstanceOf(IllegalArgumentException.class);
    }
}
