// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.Obstacle;
import io.contextgraph.operation.Watcher;
import io.contextgraph.testing.Events;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Retention on a real ledger: what it says that it will do, it does. */
abstract class RetentionContract extends LedgerContract<PartitionFixture> {
    private static final int COUNT = 300;
    private static final Duration DAY = Duration.ofDays(1);

    private Retention retention(Set<String> groups, int days) {
        RetentionSettings settings =
                new RetentionSettings(DAY, DAY, groups, true, Duration.ofMinutes(1), 70, Duration.ZERO);
        Clock clock = Clock.offset(Clock.systemUTC(), DAY.multipliedBy(days));
        return new Retention(ledger, settings, Ceilings.none(ledger, clock), clock, "here");
    }

    private Retention retention(String... groups) {
        return retention(Set.of(groups), 2);
    }

    private static RetentionReport run(Retention retention) {
        return retention.run(Watcher.NONE, rest -> false);
    }

    private void fill() {
        List<Event> events = new ArrayList<>();
        for (int n = 1; n <= COUNT; n++) {
            events.add(Events.event(n, "s" + n / 100));
        }
        append(events);
    }

    private void finish(String group, int most) {
        try (EventFeed.Consumer consumer = ledger.feed(group).open("one")) {
            List<Delivery> some = consumer.poll(most, Duration.ZERO);
            consumer.acknowledge(some.stream().map(Delivery::position).toList());
        }
    }

    @Test
    void aDryRunSaysWhatTheRunThenTakes() {
        fill();
        finish("projection", 250);
        Retention retention = retention("projection");
        RetentionReport dry = retention.preview();
        assertThat(dry.entries()).isEqualTo(250);
        RetentionReport report = run(retention);
        assertThat(report.entries()).isEqualTo(dry.entries());
        assertThat(report.sessionStreams()).isEqualTo(dry.sessionStreams()).isEqualTo(2);
        assertThat(report.trimmed()).isEqualTo(dry.trimmed());
        assertThat(report.trimmed().seq()).isEqualTo(250);
        assertThat(report.obstacle()).isEqualTo(dry.obstacle());
        assertThat(report.obstacle().orElseThrow()).isInstanceOfSatisfying(Obstacle.Waiting.class, waiting -> {
            assertThat(waiting.group()).isEqualTo("projection");
            assertThat(waiting.finished().seq()).isEqualTo(250);
        });
        assertThat(retention.status().lastRun()).contains(report);
        assertThat(ledger.tiers().sizes().stream().count()).isEqualTo(OptionalLong.of(COUNT - 250));
        assertThat(ledger.order().read(0, 1000)).hasSize(COUNT);
        finish("projection", COUNT);
        assertThat(run(retention).entries()).isEqualTo(COUNT - 250);
        assertThat(retention.status().worker()).isEmpty();
    }

    @Test
    void nothingGoesThatIsYoungerThanTheWindow() {
        fill();
        finish("projection", COUNT);
        assertThat(run(retention(Set.of("projection"), 0)).entries()).isZero();
    }

    @Test
    void aGroupThatDoesNotExistStopsTrimmingUntilItIsReleased() {
        fill();
        finish("projection", COUNT);
        Retention retention = retention("projection", "audit");
        RetentionReport stopped = run(retention);
        assertThat(stopped.entries()).isZero();
        assertThat(stopped.obstacle()).contains(new Obstacle.Missing("audit"));
        assertThat(retention.status().groups()).hasSize(2);
        assertThat(retention.release("audit", "me", "not needed yet")).isPresent();
        assertThat(run(retention).entries()).isEqualTo(COUNT);
        RetentionReport again = run(retention);
        assertThat(again.released()).containsExactly("audit");
        assertThat(again.obstacle()).isEmpty();
        // It is given every event all the same; then it is required again.
        finish("audit", COUNT / 2);
        assertThat(run(retention).released()).containsExactly("audit");
        finish("audit", COUNT);
        assertThat(run(retention).released()).isEmpty();
        assertThat(ledger.feed("audit").progress().lag()).isZero();
    }

    @Test
    void whoHasTheLeaseWorksAlone() {
        fill();
        finish("projection", COUNT);
        Fence other = another().trimming().lease().take("other", DAY).orElseThrow();
        assertThat(retention("projection").runIfFree(rest -> false)).isEmpty();
        ledger.trimming().lease().release(other);
        assertThat(retention("projection")
                        .runIfFree(rest -> false)
                        .orElseThrow()
                        .entries())
                .isEqualTo(COUNT);
    }

    /** What a group holds in the stream says nothing of what it has finished. */
    @Test
    void whatALateGroupHasFinishedIsToldAsItIs() {
        fill();
        finish("projection", COUNT);
        assertThat(run(retention("projection")).entries()).isEqualTo(COUNT);
        append(List.of(Events.event(COUNT + 1, "s")));
        finish("projection", 1);
        finish("late", 7);
        Instant first = ledger.order().read(7, 1).getFirst().recordedAt();
        Retention retention = retention("projection", "late");
        for (RetentionReport report : List.of(retention.preview(), run(retention))) {
            assertThat(report.obstacle().orElseThrow()).isInstanceOfSatisfying(Obstacle.Waiting.class, waiting -> {
                assertThat(waiting.group()).isEqualTo("late");
                assertThat(waiting.finished().seq()).isEqualTo(7);
                assertThat(waiting.since()).isEqualTo(first);
            });
        }
        RetentionStatus status = retention.status();
        assertThat(status.obstacle()).isPresent();
        finish("late", COUNT);
        // By then it has nothing to catch up with any more.
        finish("late", 1);
        // The last run's is history by now.
        assertThat(retention.status().obstacle()).isEmpty();
        assertThat(retention.status().lastRun()).isEqualTo(status.lastRun());
    }

    @Test
    void eventsMayLeaveTheIndexFromTheFirstRunOn() {
        fill();
        finish("projection", 250);
        RetentionSettings settings =
                new RetentionSettings(DAY, DAY, Set.of("projection"), false, Duration.ofMinutes(1), 70, Duration.ZERO);
        Clock clock = Clock.offset(Clock.systemUTC(), DAY.multipliedBy(2));
        Retention retention = new Retention(ledger, settings, Ceilings.none(ledger, clock), clock, "here");
        RetentionReport dry = retention.preview();
        RetentionReport report = run(retention);
        assertThat(report.index()).isEqualTo(dry.index());
        assertThat(report.index().left()).isEqualTo(250);
        assertThat(ledger.trimming().index().isPrepared()).isTrue();
        assertThat(ledger.tiers().sizes().index().count()).isEqualTo(OptionalLong.of(COUNT - 250));
        finish("projection", COUNT);
        assertThat(run(retention).index().left()).isEqualTo(COUNT - 250);
        assertThat(ledger.tiers().sizes().index().count()).isEqualTo(OptionalLong.of(0));
    }
}
