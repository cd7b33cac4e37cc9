// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ops.Health.Concern;
import io.contextgraph.ops.Health.Feeding;
import io.contextgraph.ops.Health.Report;
import io.contextgraph.ops.Health.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HealthTest {
    @Test
    void theVerdictFollowsFromWhatIsWrong() {
        Concern redis = Concern.REDIS_UNAVAILABLE;
        Concern neo4j = Concern.NEO4J_UNAVAILABLE;
        assertThat(Report.of(Set.of(), true, Feeding.OFF)).isEqualTo(new Report(Status.HEALTHY, true, true, List.of()));
        assertThat(Report.of(Set.of(), false, Feeding.WORKING))
                .isEqualTo(new Report(Status.DEGRADED, true, false, List.of(neo4j)));
        assertThat(Report.of(Set.of(redis), true, Feeding.STARTING))
                .isEqualTo(new Report(Status.UNHEALTHY, false, true, List.of(redis)));
        assertThat(Report.of(Set.of(redis), false, Feeding.OFF))
                .isEqualTo(new Report(Status.UNHEALTHY, false, false, List.of(redis, neo4j)));
        assertThat(Report.of(Set.of(), true, Feeding.WAITING))
                .isEqualTo(new Report(Status.DEGRADED, true, true, List.of(Concern.PROJECTION_WAITING)));
        assertThat(Report.of(Set.of(), true, Feeding.STALLED))
                .isEqualTo(new Report(Status.DEGRADED, true, true, List.of(Concern.PROJECTION_STALLED)));
    }

    @ParameterizedTest
    @EnumSource(
            value = Concern.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"REDIS_UNAVAILABLE", "NEO4J_UNAVAILABLE", "PROJECTION_WAITING", "PROJECTION_STALLED"})
    void aConcernThatStopsAppendsIsUnhealthyWhileEventsCanStillBeRead(Concern concern) {
        Status expected = concern.stopsAppends() ? Status.UNHEALTHY : Status.DEGRADED;
        assertThat(Report.of(Set.of(concern), true, Feeding.WORKING))
                .isEqualTo(new Report(expected, true, true, List.of(concern)));
        assertThat(new Health(() -> Set.of(concern), () -> true, () -> Feeding.OFF, Duration.ofSeconds(1)).ready())
                .isTrue();
    }

    @Test
    void aCheckThatThrowsOrHangsHasFailed() {
        CountDownLatch never = new CountDownLatch(1);
        Health health = new Health(
                () -> {
                    throw new IllegalStateException("away");
                },
                () -> {
                    awaitQuietly(never);
                    return true;
                },
                () -> Feeding.OFF,
                Duration.ofMillis(50));
        assertThat(health.report())
                .isEqualTo(new Report(
                        Status.UNHEALTHY, false, false, List.of(Concern.REDIS_UNAVAILABLE, Concern.NEO4J_UNAVAILABLE)));
        assertThat(health.ready()).isFalse();
    }

    @Test
    void howeverManyAskAStoreThatHangsIsAskedOnce() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Health health = new Health(
                () -> {
                    asked.incrementAndGet();
                    awaitQuietly(answer);
                    return Set.of();
                },
                () -> true,
                () -> Feeding.OFF,
                Duration.ofMinutes(1));
        List<FutureTask<Boolean>> answers = new ArrayList<>();
        List<Thread> askers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            FutureTask<Boolean> task = new FutureTask<>(health::ready);
            answers.add(task);
            askers.add(Thread.ofVirtual().start(task));
        }
        while (askers.stream().anyMatch(asker -> asker.getState() != Thread.State.TIMED_WAITING)) {
            Thread.onSpinWait();
        }
        answer.countDown();
        for (FutureTask<Boolean> task : answers) {
            assertThat(task.get()).isTrue();
        }
        assertThat(asked).hasValue(1);
        assertThat(health.ready()).isTrue();
        assertThat(asked).hasValue(2);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
