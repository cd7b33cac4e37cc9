// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Who has worked on the machine. */
class ProcessorsTest {
    private static Processors at(long seconds, double all, double ours) {
        return new Processors(seconds * 1_000_000_000, OptionalDouble.of(all), ours);
    }

    @Test
    void idleAndWaitingIsNoWork() {
        assertThat(Processors.worked("cpu  100 20 30 4000 500 6 7 8 0 0")).isEqualTo(1.71);
    }

    @Test
    void othersAreAllButUs() {
        assertThat(at(20, 115, 52).others(at(10, 100, 40))).hasValue(0.3);
        // The clocks of Linux are coarse.
        assertThat(at(20, 110, 50.1).others(at(10, 100, 40))).hasValue(0);
    }

    @Test
    void notEverySystemTells() {
        Processors silent = new Processors(0, OptionalDouble.empty(), 1);
        assertThat(silent.others(silent)).isEmpty();
    }
}
