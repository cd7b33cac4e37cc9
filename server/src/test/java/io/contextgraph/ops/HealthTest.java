// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ops.Health.Report;
import io.contextgraph.ops.Health.Status;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HealthTest {
    @Test
    void theVerdictFollowsFromTheTwoAnswers() {
        assertThat(Report.of(true, true)).isEqualTo(new Report(Status.HEALTHY, true, true));
        assertThat(Report.of(true, false)).isEqualTo(new Report(Status.DEGRADED, true, false));
        assertThat(Report.of(false, true)).isEqualTo(new Report(Status.UNHEALTHY, false, true));
        assertThat(Report.of(false, false)).isEqualTo(new Report(Status.UNHEALTHY, false, false));
    }

    @Test
    void aCheckThatThrowsOrHangsHasFailed() {
        CountDownLatch never = new CountDownLatch(1);
        Health health = new Health(
                () -> {
                    throw new IllegalStateException("away");
                },
                () -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return true;
                },
                Duration.ofMillis(50));
        assertThat(health.report()).isEqualTo(new Report(Status.UNHEALTHY, false, false));
        assertThat(health.ready()).isFalse();
    }
}
