// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BackoffTest {
    @Test
    void limitsDoubleUpToABoundAndPausesAreSpreadOverAllOfThem() {
        long[] limits = {100, 200, 400, 400};
        long[] shortest = {1000, 1000, 1000, 1000};
        long[] longest = new long[4];
        for (int seed = 0; seed < 1000; seed++) {
            Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofMillis(400), new Random(seed));
            backoff.next();
            backoff.reset();
            for (int i = 0; i < 4; i++) {
                long pause = backoff.next().toMillis();
                shortest[i] = Math.min(shortest[i], pause);
                longest[i] = Math.max(longest[i], pause);
            }
        }
        for (int i = 0; i < 4; i++) {
            assertThat(shortest[i]).isBetween(0L, limits[i] / 10);
            assertThat(longest[i]).isBetween(limits[i] * 9 / 10, limits[i]);
        }
    }
}
