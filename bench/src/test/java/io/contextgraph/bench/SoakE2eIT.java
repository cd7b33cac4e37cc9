// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.bench.soak.SoakPlan;
import io.contextgraph.testing.Extent;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A little of what {@code bench/run soak} does for as long as one likes; alone, as it holds the server to answering in time. */
@Isolated
class SoakE2eIT {
    private static final int PER_SECOND = 80;
    private static final long SEED = 7;

    @Test
    void nothingGrowsThatMustNot() throws Exception {
        SoakPlan plan = new SoakPlan(Duration.ofSeconds(Extent.SOAK_SECONDS.value()), PER_SECOND, SEED);
        SoakBenchmark soak = new SoakBenchmark(RedisServer.engines().getFirst(), plan, System.out);
        System.out.println(soak.run().toMarkdown());
        assertThat(soak.faults()).isEmpty();
    }
}
