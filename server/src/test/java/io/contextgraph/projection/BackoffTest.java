// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BackoffTest {
    @Test
    void pausesDoubleUpToALimitAndSpread() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofMillis(400), new Random(1));

        for (int round = 0; round < 2; round++) {
            for (int expected : new int[] {100, 200, 400, 400, 400}) {
                assertThat(backoff.next()).isBetween(Duration.ofMillis(expected / 2), Duration.ofMillis(expected));
            }
            backoff.reset();
        }
    }
}
