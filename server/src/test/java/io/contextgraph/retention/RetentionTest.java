// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.Obstacle;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final RetentionBench bench = new RetentionBench();

    private RetentionReport run() {
        return bench.retention().run(Watcher.NONE, rest -> false);
    }

    @Test
    void weeksPassAndWhatIsOlderThanTheWindowGoes() {
        for (int day = 1; day <= 21; day++) {
            bench.append(10, "s" + day);
            bench.finish("projection");
            RetentionReport dry = bench.retention().preview();
            RetentionReport report = run();
            assertThat(report.entries()).as("day " + day).isEqualTo(day <= 8 ? 0 : 10);
            assertThat(report.sessionStreams()).isEqualTo(day <= 8 ? 0 : 1);
            assertThat(report.obstacle()).isEmpty();
            assertThat(report)
                    .isEqualTo(new RetentionReport(
                            false,
                            dry.at(),
                            dry.hotWindow(),
                            dry.entries(),
                            dry.sessionStreams(),
                            dry.trimmed(),
                            dry.index(),
                            dry.obstacle(),
                            dry.released(),
                            dry.ceiling()));
            bench.clock.advance(DAY);
        }
        assertThat(bench.ledger.trimming().trimmed().seq()).isEqualTo(130);
        assertThat(bench.ledger.read(0, 1000)).hasSize(210);
        assertThat(bench.retention().status().reachedAt())
                .contains(bench.clock.instant().minus(DAY));
    }

    @Test
    void coldEventsLeaveTheIndexWhereTheSettingsSaySo() {
        bench.old(7);
        bench.append(2, "s");
        bench.finish("projection");
        assertThat(run().index()).isEqualTo(new IndexChange(0, 0, Head.EMPTY));
        bench.settings = bench.withColdIndex(false);
        Head cold = bench.ledger.trimming().trimmed();
        assertThat(cold.seq()).isEqualTo(7);
        IndexChange left = new IndexChange(7, 0, cold);
        assertThat(bench.retention().preview().index()).isEqualTo(left);
        assertThat(bench.ledger.trimming().index().unindexed()).isEqualTo(Head.EMPTY);
        assertThat(run().index()).isEqualTo(left);
        assertThat(bench.retention().status().unindexed()).isEqualTo(cold);
        assertThat(bench.retention().status().coldIndex()).isFalse();
        assertThat(run().index()).isEqualTo(new IndexChange(0, 0, cold));
        bench.settings = bench.withColdIndex(true);
        IndexChange returned = new IndexChange(0, 7, Head.EMPTY);
        assertThat(bench.retention().preview().index()).isEqualTo(returned);
        assertThat(run().index()).isEqualTo(returned);
        assertThat(bench.retention().status().unindexed()).isEqualTo(Head.EMPTY);
        assertThat(bench.retention().status().coldIndex()).isTrue();
    }

    /** By the last run that is remembered, and through a client. */
    @Test
    void whatBecameOfTheIndexIsToldAsJson() {
        bench.old(3);
        bench.settings = bench.withColdIndex(false);
        RetentionReport report = run();
        assertThat(report.index().left()).isEqualTo(3);
        assertThat(RetentionJson.report(RetentionJson.of(report))).isEqualTo(report);
        RetentionStatus status = bench.retention().status();
        assertThat(status.lastRun()).contains(report);
        assertThat(RetentionJson.status(RetentionJson.of(status))).isEqualTo(status);
    }

    @Test
    void aDryRunTakesNothingAndRemembersNothing() {
        bench.old(5);
        bench.percent(90);
        RetentionReport dry = bench.retention().preview();
        assertThat(dry.dryRun()).isTrue();
        assertThat(dry.entries()).isEqualTo(5);
        assertThat(dry.hotWindow()).isEqualTo(Duration.ofHours(84));
        assertThat(bench.ledger.trimming().trimmed().seq()).isZero();
        assertThat(bench.ledger.tiers().notes().all()).isEmpty();
    }

    @Test
    void workIsDoneInStepsWithRestsAndTold() {
        bench.settings = bench.settings(7, Set.of("projection"), 2);
        bench.old(5);
        List<Duration> rests = new ArrayList<>();
        List<String> told = new ArrayList<>();
        RetentionReport report = bench.retention()
                .run((phase, done, total) -> told.add(phase.wireName() + " " + done + "/" + total), rest -> {
                    rests.add(rest);
                    return false;
                });
        assertThat(report.entries()).isEqualTo(5);
        assertThat(rests).containsExactly(Duration.ofMillis(10), Duration.ofMillis(10));
        assertThat(told).containsExactly("trimming 0/5", "trimming 2/5", "trimming 4/5", "trimming 5/5");
    }

    @Test
    void nothingGoesThatARequiredGroupHasNotFinished() {
        bench.settings = bench.settings(7, Set.of("projection", "audit"), 200);
        bench.append(4, "s");
        Instant first = bench.clock.instant();
        bench.finish("projection");
        bench.finish("audit", 1);
        bench.clock.advance(DAY.multipliedBy(8));
        RetentionReport report = run();
        assertThat(report.entries()).isEqualTo(1);
        assertThat(report.obstacle().orElseThrow()).isInstanceOfSatisfying(Obstacle.Waiting.class, waiting -> {
            assertThat(waiting.group()).isEqualTo("audit");
            assertThat(waiting.finished().seq()).isEqualTo(1);
            assertThat(waiting.since()).isEqualTo(first);
        });
        assertThat(bench.retention().status().reachedAt()).isEmpty();
        assertConcern(RetentionCheck.HELD, "audit", Duration.ofDays(8).toSeconds() + " s");
        bench.finish("audit");
        assertThat(run().entries()).isEqualTo(3);
        assertThat(bench.check().look().findings()).isEmpty();
    }

    private void assertConcern(Concern concern, String... words) {
        List<Finding> findings = bench.check().look().findings();
        assertThat(findings).hasSize(1);
        assertThat(findings.getFirst().concern()).contains(concern);
        assertThat(findings.getFirst().message()).contains(words);
        assertThat(bench.check().look().ready()).isFalse();
    }

    @Test
    void aRequiredGroupThatDoesNotExistStopsEverything() {
        bench.settings = bench.settings(7, Set.of("projection", "audit"), 200);
        bench.old(4);
        RetentionReport report = run();
        assertThat(report.entries()).isZero();
        assertThat(report.obstacle()).contains(new Obstacle.Missing("audit"));
        // To look does not make it.
        assertThat(bench.retention().status().groups()).hasSize(2);
        assertThat(run().obstacle()).contains(new Obstacle.Missing("audit"));
        assertConcern(RetentionCheck.GROUP_MISSING, "audit does not exist", "retention.required-groups");
    }

    @Test
    void aReleasedGroupHoldsNothingUpUntilItHasCaughtUp() {
        bench.settings = bench.settings(7, Set.of("projection", "audit"), 200);
        bench.append(4, "s");
        bench.finish("projection");
        bench.finish("audit", 1);
        bench.clock.advance(DAY.multipliedBy(8));
        GroupRelease release = bench.retention()
                .release("audit", "operator:me", "it is being rebuilt")
                .orElseThrow();
        assertThat(release)
                .isEqualTo(new GroupRelease("audit", "operator:me", bench.clock.instant(), "it is being rebuilt"));
        assertThat(bench.retention().release("nobody", "operator:me", "why")).isEmpty();
        assertThatThrownBy(() -> bench.retention().release("audit", "operator:me", " "))
                .isInstanceOf(IllegalArgumentException.class);
        RetentionReport report = run();
        assertThat(report.entries()).isEqualTo(4);
        assertThat(report.obstacle()).isEmpty();
        assertThat(report.released()).containsExactly("audit");
        // As long as it is behind it stays released, also where nothing is left to be taken.
        assertThat(run().released()).containsExactly("audit");
        assertThat(released()).contains(release);
        assertThat(bench.check().examine())
                .anySatisfy(finding -> assertThat(finding.message()).contains("operator:me", "it is being rebuilt"));

        bench.finish("audit");
        assertThat(run().released()).isEmpty();
        assertThat(released()).isEmpty();
        bench.old(1);
        assertThat(run().obstacle()).isPresent();
    }

    private Optional<GroupRelease> released() {
        return bench.retention().status().groups().stream()
                .filter(group -> group.name().equals("audit"))
                .findFirst()
                .orElseThrow()
                .release();
    }

    @Test
    void scarceMemoryShrinksTheWindowInStepsAndWidensItAgain() {
        bench.settings = bench.settings(8, Set.of("projection"), 200);
        bench.percent(79);
        assertThat(run().hotWindow()).isEqualTo(DAY.multipliedBy(8));
        bench.percent(80);
        assertThat(run().hotWindow()).isEqualTo(DAY.multipliedBy(4));
        assertThat(run().hotWindow()).isEqualTo(DAY.multipliedBy(2));
        assertConcern(RetentionCheck.WINDOW_SHRUNK, "is 2d in place of 8d");
        // In between it neither shrinks nor widens.
        bench.percent(75);
        assertThat(run().hotWindow()).isEqualTo(DAY.multipliedBy(2));
        bench.percent(95);
        for (int i = 0; i < 10; i++) {
            assertThat(run().hotWindow()).isGreaterThanOrEqualTo(Duration.ofHours(1));
        }
        assertConcern(RetentionCheck.WINDOW_SHRUNK, "is 1h in place of", "the least that is set");
        bench.percent(69);
        assertThat(run().hotWindow()).isEqualTo(Duration.ofHours(2));
        for (int i = 0; i < 10; i++) {
            assertThat(run().hotWindow()).isLessThanOrEqualTo(DAY.multipliedBy(8));
        }
        assertThat(bench.retention().status().isShrunk()).isFalse();
        assertThat(bench.check().look().findings()).isEmpty();
    }

    @Test
    void aWindowThatIsSetLongerCountsAtOnce() {
        bench.settings = bench.settings(1, Set.of("projection"), 200);
        assertThat(run().hotWindow()).isEqualTo(DAY);
        bench.settings = bench.settings(7, Set.of("projection"), 200);
        bench.percent(75);
        assertThat(bench.retention().status().hotWindowNow()).isEqualTo(DAY.multipliedBy(7));
        assertThat(bench.retention().status().isShrunk()).isFalse();
        assertThat(bench.check().look().findings()).isEmpty();
        assertThat(run().hotWindow()).isEqualTo(DAY.multipliedBy(7));
    }

    @Test
    void aWindowThatWidensAgainIsNotCalledScarce() {
        bench.settings = bench.settings(8, Set.of("projection"), 200);
        bench.percent(90);
        assertThat(run().hotWindow()).isEqualTo(DAY.multipliedBy(4));
        bench.percent(10);
        assertConcern(RetentionCheck.WINDOW_SHRUNK, "is not any more", "4d in place of 8d");
        assertThat(run().hotWindow()).isEqualTo(DAY.multipliedBy(8));
        assertThat(bench.ledger.tiers().notes().all()).doesNotContainKey("hot_window_ms");
    }

    @Test
    void nothingComesBackToTheIndexWhileMemoryIsScarce() {
        bench.old(7);
        bench.settings = bench.withColdIndex(false);
        assertThat(run().index().left()).isEqualTo(7);
        bench.settings = bench.withColdIndex(true);
        bench.percent(80);
        assertThat(run().index().returned()).isZero();
        assertThat(bench.retention().status().unindexed().seq()).isEqualTo(7);
        bench.percent(79);
        assertThat(run().index().returned()).isEqualTo(7);
    }

    /** A run that goes on for long is at work, not late. */
    @Test
    void aLongRunIsNotCalledLate() {
        try (RetentionSchedule schedule = new RetentionSchedule(bench.retention())) {
            RetentionCheck check = new RetentionCheck(bench.retention(), Optional.of(schedule), bench.clock);
            Fence ignored = bench.ledger.trimming().lease().take("first", DAY).orElseThrow();
            bench.clock.advance(Duration.ofMinutes(6));
            assertThat(check.look().findings()).isEmpty();
            bench.clock.advance(DAY);
            assertThat(check.look().findings().getFirst().message()).contains("nobody has run it since");
        }
    }

    /** What is told of a run that stays the last one is held against what has become of it. */
    @Test
    void whatAGroupHasFinishedSinceHoldsNothingUp() {
        bench.append(4, "s");
        bench.finish("projection", 1);
        bench.clock.advance(DAY.multipliedBy(8));
        assertThat(run().obstacle()).isPresent();
        assertThat(bench.retention().status().obstacle()).isPresent();
        bench.finish("projection", 1);
        assertThat(bench.retention().status().obstacle()).isPresent();
        bench.finish("projection");
        assertThat(bench.retention().status().obstacle()).isEmpty();
        assertThat(bench.check().look().findings()).isEmpty();
        assertThat(bench.retention().status().lastRun().orElseThrow().obstacle())
                .isPresent();
    }

    @Test
    void whatWasTakenCountsAlsoWhereTheRunDoesNotEnd() {
        bench.settings = bench.settings(7, Set.of("projection"), 2);
        bench.old(5);
        Retention retention = bench.retention();
        try (RetentionSchedule schedule = new RetentionSchedule(retention)) {
            assertThatThrownBy(() -> retention.run(Watcher.NONE, rest -> true))
                    .isInstanceOf(CancellationException.class);
            assertThat(schedule.entries()).isEqualTo(2);
        }
    }

    @Test
    void scarceMemoryLetsGoOfMoreAndNothingThatIsNeeded() {
        bench.append(3, "s");
        bench.finish("projection", 2);
        bench.clock.advance(Duration.ofHours(85));
        assertThat(run().entries()).isZero();
        bench.percent(85);
        RetentionReport report = run();
        assertThat(report.hotWindow()).isEqualTo(Duration.ofHours(84));
        assertThat(report.entries()).isEqualTo(2);
        assertThat(report.obstacle()).isPresent();
    }

    @Test
    void ofSeveralServersOneWorksAndOneThatWasPausedTakesNothing() {
        bench.old(3);
        Fence other = bench.ledger
                .trimming()
                .lease()
                .take("other", Duration.ofMinutes(1))
                .orElseThrow();
        assertThat(bench.retention().runIfFree(rest -> false)).isEmpty();
        assertThatThrownBy(this::run).isInstanceOf(WorkFailedException.class).hasMessageContaining("at work on other");
        assertThat(bench.retention().status().worker().orElseThrow().owner()).isEqualTo("other");
        bench.ledger.trimming().lease().release(other);

        // Paused before its first step, for longer than it has the lease: another one works meanwhile.
        RetentionReport[] meanwhile = new RetentionReport[1];
        assertThatThrownBy(() -> bench.retention()
                        .run(
                                (phase, done, total) -> {
                                    bench.clock.advance(Duration.ofMinutes(1));
                                    meanwhile[0] = bench.retention("second").run(Watcher.NONE, rest -> false);
                                },
                                rest -> false))
                .isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("another server has taken over");
        assertThat(meanwhile[0].entries()).isEqualTo(3);
        assertThat(bench.retention().status().lastRun()).contains(meanwhile[0]);
        assertThat(bench.retention().status().worker()).isEmpty();
    }

    @Test
    void aLongRunKeepsItsLease() {
        bench.settings = bench.settings(7, Set.of("projection"), 1);
        bench.old(20);
        RetentionReport report = bench.retention().run(Watcher.NONE, rest -> {
            bench.clock.advance(Duration.ofSeconds(11));
            return false;
        });
        assertThat(report.entries()).isEqualTo(20);
    }

    @Test
    void aRunThatIsEndedStopsBetweenStepsAndLetsTheLeaseGo() {
        bench.settings = bench.settings(7, Set.of("projection"), 1);
        bench.old(20);
        assertThatThrownBy(() -> bench.retention().run(Watcher.NONE, rest -> true))
                .isInstanceOf(CancellationException.class);
        assertThat(bench.ledger.trimming().trimmed().seq()).isEqualTo(1);
        assertThat(bench.retention().status().worker()).isEmpty();
        assertThat(run().entries()).isEqualTo(19);
    }

    @Test
    void whatIsRememberedAndCannotBeReadCountsForNothing() {
        bench.ledger.tiers().notes().put("last_run", "{");
        bench.ledger.tiers().notes().put("hot_window_ms", "x");
        bench.ledger.tiers().notes().put("reached_at", "yesterday");
        bench.ledger.tiers().notes().put("release:projection", "{\"group\":\"projection\"}");
        RetentionStatus status = bench.retention().status();
        assertThat(status.lastRun()).isEmpty();
        assertThat(status.reachedAt()).isEmpty();
        assertThat(status.isShrunk()).isFalse();
        assertThat(status.groups().getFirst().release()).isEmpty();
    }

    @Test
    void whatIsSaidAsJsonIsReadAsTheSame() {
        bench.settings = bench.settings(7, Set.of("projection", "audit"), 200);
        bench.append(4, "s");
        bench.finish("projection");
        bench.percent(50);
        bench.clock.advance(DAY.multipliedBy(8));
        RetentionReport missing = run();
        bench.finish("audit", 1);
        bench.retention().release("projection", "me", "why");
        Fence ignored = bench.ledger.trimming().lease().take("other", DAY).orElseThrow();
        RetentionStatus status = bench.retention().status();
        assertThat(RetentionJson.report(RetentionJson.of(missing))).isEqualTo(missing);
        assertThat(RetentionJson.status(RetentionJson.of(status))).isEqualTo(status);
        RetentionReport waiting = bench.retention().preview();
        assertThat(waiting.obstacle().orElseThrow()).isInstanceOf(Obstacle.Waiting.class);
        assertThat(RetentionJson.report(RetentionJson.of(waiting))).isEqualTo(waiting);
    }

    @Test
    void theScheduleRunsTellsWhatFailsAndGoesOn() {
        bench.old(3);
        try (RetentionSchedule schedule = new RetentionSchedule(bench.retention())) {
            bench.failing.failWith(new LedgerException(LedgerException.Reason.UNAVAILABLE, "away"));
            assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(1));
            assertThat(schedule.failure()).contains("away");
            assertThat(schedule.failed()).isEqualTo(1);
            RetentionCheck check = new RetentionCheck(bench.retention(), Optional.of(schedule), bench.clock);
            assertThat(check.look().findings().getFirst().concern()).contains(RetentionCheck.FAILING);
            bench.failing.recover();
            bench.percent(85);
            assertThat(schedule.step()).isEqualTo(Duration.ofSeconds(10));
            assertThat(schedule.failure()).isEmpty();
            assertThat(schedule.runs()).isEqualTo(1);
            assertThat(schedule.entries()).isEqualTo(3);
            bench.percent(10);
            assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(1));
            assertThat(check.look().findings()).isEmpty();
            bench.clock.advance(Duration.ofMinutes(6));
            assertThat(check.look().findings().getFirst().message()).contains("nobody has run it since");
        }
    }

    @Test
    void whatIsParkedIsFinished() {
        bench.append(2, "s");
        try (EventFeed.Consumer consumer = bench.ledger.feed("projection").open("one")) {
            List<Delivery> all = consumer.poll(10, Duration.ZERO);
            all.forEach(delivery -> consumer.park(delivery, RetentionBench.REFUSED));
        }
        bench.clock.advance(DAY.multipliedBy(8));
        assertThat(run().entries()).isEqualTo(2);
    }
}
