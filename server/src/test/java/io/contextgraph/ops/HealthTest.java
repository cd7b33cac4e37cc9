// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ops.Check.Checked;
import io.contextgraph.ops.Health.Report;
import io.contextgraph.ops.Health.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final Concern STORE_AWAY = Concern.stopping("store_away");
    private static final Concern GRAPH_AWAY = Concern.degrading("graph_away");

    private record Given(String name, Concern unavailable, Supplier<Checked> seen) implements Check {
        @Override
        public Checked look() {
            return seen.get();
        }
    }

    /** Looking at it takes for ever; a single question is answered so. */
    private record Slow(Supplier<Checked> brief) implements Check {
        @Override
        public String name() {
            return "store";
        }

        @Override
        public Concern unavailable() {
            return STORE_AWAY;
        }

        @Override
        public Checked look() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException tooLong) {
                Thread.currentThread().interrupt();
            }
            return well();
        }

        @Override
        public Optional<Supplier<Checked>> pulse() {
            return Optional.of(brief);
        }
    }

    private static Check store(Supplier<Checked> seen) {
        return new Given("store", STORE_AWAY, seen);
    }

    private static Check graph(Supplier<Checked> seen) {
        return new Given("graph", GRAPH_AWAY, seen);
    }

    private static Checked well() {
        return new Checked(true, List.of(Finding.of(Finding.Level.OK, "it", "is well")));
    }

    private static Checked with(boolean ready, Concern... concerns) {
        return new Checked(
                ready,
                List.of(concerns).stream()
                        .map(concern -> Finding.of(Finding.Level.PROBLEM, "it", "is not well")
                                .as(concern))
                        .toList());
    }

    private static Report report(Checked store, Checked graph) {
        return new Health(List.of(graph(() -> graph), store(() -> store)), Duration.ofSeconds(1)).report();
    }

    @Test
    void whatIsSlowIsNotAway() {
        Concern slow = Concern.degrading("store_slow");
        Health health =
                new Health(List.of(graph(HealthTest::well), new Slow(() -> with(true, slow))), Duration.ofMillis(200));
        assertThat(health.report()).isEqualTo(expected(Status.DEGRADED, true, true, slow));
        assertThat(health.ready("store")).isTrue();
        Health without = new Health(
                List.of(graph(HealthTest::well), new Slow(() -> {
                    throw new IllegalStateException("no pulse");
                })),
                Duration.ofMillis(200));
        assertThat(without.report()).isEqualTo(expected(Status.UNHEALTHY, false, true, STORE_AWAY));
        assertThat(without.ready("store")).isFalse();
    }

    private static Report expected(Status status, boolean store, boolean graph, Concern... concerns) {
        return new Report(status, Map.of("store", store, "graph", graph), List.of(concerns));
    }

    @Test
    void theVerdictFollowsFromWhatIsWrong() {
        Concern slow = Concern.degrading("slow");
        assertThat(report(well(), well())).isEqualTo(expected(Status.HEALTHY, true, true));
        assertThat(report(well(), with(false, GRAPH_AWAY)))
                .isEqualTo(expected(Status.DEGRADED, true, false, GRAPH_AWAY));
        assertThat(report(with(false, STORE_AWAY), well()))
                .isEqualTo(expected(Status.UNHEALTHY, false, true, STORE_AWAY));
        assertThat(report(with(false, STORE_AWAY, slow), with(false, GRAPH_AWAY)))
                .as("what stops appends is told first")
                .isEqualTo(expected(Status.UNHEALTHY, false, false, STORE_AWAY, GRAPH_AWAY, slow));
        assertThat(report(with(true, slow, slow), with(true, slow)))
                .as("each once")
                .isEqualTo(expected(Status.DEGRADED, true, true, slow));
    }

    @Test
    void aConcernThatStopsAppendsIsUnhealthyWhileEventsCanStillBeRead() {
        Concern full = Concern.stopping("full");
        Health health = new Health(List.of(store(() -> with(true, full))), Duration.ofSeconds(1));
        assertThat(health.report()).isEqualTo(new Report(Status.UNHEALTHY, Map.of("store", true), List.of(full)));
        assertThat(health.ready("store")).isTrue();
        assertThat(health.ready("nothing of that name")).isFalse();
    }

    @Test
    void aCheckThatThrowsOrHangsHasFailed() {
        CountDownLatch never = new CountDownLatch(1);
        Health health = new Health(
                List.of(
                        store(() -> {
                            throw new IllegalStateException("away");
                        }),
                        graph(() -> {
                            awaitQuietly(never);
                            return well();
                        })),
                Duration.ofMillis(50));
        assertThat(health.report()).isEqualTo(expected(Status.UNHEALTHY, false, false, STORE_AWAY, GRAPH_AWAY));
        assertThat(health.ready("store")).isFalse();
        assertThat(health.ready("graph")).isFalse();
    }

    @Test
    void howeverManyAskAStoreThatHangsIsAskedOnce() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Health health = new Health(
                List.of(store(() -> {
                    asked.incrementAndGet();
                    awaitQuietly(answer);
                    return well();
                })),
                Duration.ofMinutes(1));
        List<FutureTask<Boolean>> answers = new ArrayList<>();
        List<Thread> askers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            FutureTask<Boolean> task = new FutureTask<>(() -> health.ready("store"));
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
        assertThat(health.ready("store")).isTrue();
        assertThat(asked).hasValue(2);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatIsAboutToEndIsNotReadyAndStillTellsHowItIs() {
        Health health = new Health(List.of(store(HealthTest::well), graph(HealthTest::well)), Duration.ofSeconds(1));
        assertThat(health.ready("store")).isTrue();
        health.end();
        assertThat(health.ready("store")).isFalse();
        assertThat(health.report()).isEqualTo(expected(Status.HEALTHY, true, true));
    }

    @Test
    void eachConcernAndEachCheckHasASeriesFromTheStart() {
        AtomicReference<Checked> store = new AtomicReference<>(well());
        Metrics metrics = new Metrics();
        new Health(List.of(store(store::get), graph(HealthTest::well)), Duration.ofSeconds(1)).watch(metrics);
        assertThat(metrics.scrape())
                .contains("contextgraph_concern{concern=\"store_away\"} 0.0")
                .contains("contextgraph_concern{concern=\"graph_away\"} 0.0")
                .contains("contextgraph_ready{check=\"store\"} 1.0");
        store.set(with(false, STORE_AWAY));
        Awaitility.await()
                .untilAsserted(() -> assertThat(metrics.scrape())
                        .contains("contextgraph_concern{concern=\"store_away\"} 1.0")
                        .contains("contextgraph_concern{concern=\"graph_away\"} 0.0")
                        .contains("contextgraph_ready{check=\"store\"} 0.0")
                        .contains("contextgraph_ready{check=\"graph\"} 1.0"));
    }

    @Test
    void whatHangsIsToldInTheMetricsAndKeepsNothingElseFromBeingTold() {
        CountDownLatch never = new CountDownLatch(1);
        Check hanging = graph(() -> {
            try {
                never.await();
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
            }
            return well();
        });
        Metrics metrics = new Metrics();
        new Health(List.of(store(HealthTest::well), hanging), Duration.ofMillis(200)).watch(metrics);
        metrics.store(
                () -> {
                    Checked ignored = hanging.look();
                    return 1;
                },
                Duration.ofMillis(300),
                List.of(
                        new Metrics.Reading<>("one", "hangs", n -> n),
                        new Metrics.Reading<>("two", "hangs, too", n -> n)));
        assertThat(metrics.scrape())
                .contains("contextgraph_concern{concern=\"graph_away\"} 1.0")
                .contains("contextgraph_concern{concern=\"store_away\"} 0.0")
                .contains("contextgraph_ready{check=\"store\"} 1.0")
                .contains("contextgraph_ready{check=\"graph\"} 0.0")
                .contains("contextgraph_one NaN")
                .contains("contextgraph_two NaN");
    }
}
