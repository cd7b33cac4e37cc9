// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Extent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import picocli.CommandLine;

/** A little of what {@code bench/run soak} does for as long as one likes; mostly it waits, so that others may work meanwhile. */
@Execution(ExecutionMode.CONCURRENT)
class SoakE2eIT {
    @Test
    void nothingGrowsThatMustNot() {
        String minutes = Double.toString(Extent.SOAK_SECONDS.value() / 60.0);
        assertThat(new CommandLine(new Bench()).execute("soak", "--minutes", minutes))
                .isZero();
    }
}
