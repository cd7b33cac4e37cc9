// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.OtherTiers;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.trim.StoreMemory;
import io.contextgraph.projection.ManualClock;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.FailingPorts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/** A ledger whose clock and memory are what a test says. */
final class RetentionBench {
    static final Failure REFUSED = new Failure("refused", Instant.EPOCH, 1);

    final ManualClock clock = new ManualClock();
    final InMemoryLedger ledger = new InMemoryLedger(clock);
    final FailingPorts failing = new FailingPorts();
    private Optional<StoreMemory> memory = Optional.empty();
    final Partition watched = failing.of(new OtherTiers(ledger, () -> memory));
    CeilingUpkeep ceiling = Ceilings.none(watched, clock);
    RetentionSettings settings = settings(7, Set.of("projection"), 200);

    RetentionSettings settings(int days, Set<String> groups, int step) {
        return new RetentionSettings(
                Duration.ofDays(days),
                Duration.ofHours(1),
                groups,
                true,
                Duration.ofMinutes(1),
                step,
                Duration.ofMillis(10));
    }

    /** The same settings, in steps of three. */
    RetentionSettings withColdIndex(boolean coldIndex) {
        return new RetentionSettings(
                settings.hotWindow(),
                settings.minHotWindow(),
                settings.requiredGroups(),
                coldIndex,
                settings.interval(),
                3,
                settings.pause());
    }

    void percent(int percent) {
        memory = Optional.of(new StoreMemory(percent, 100));
    }

    Retention retention() {
        return retention("first");
    }

    Retention retention(String owner) {
        return new Retention(watched, settings, ceiling, clock, owner);
    }

    RetentionCheck check() {
        return new RetentionCheck(retention(), Optional.empty(), clock);
    }

    void append(int count, String session) {
        long from = ledger.head().seq();
        AppendResult ignored = ledger.append(
                LongStream.rangeClosed(1, count)
                        .mapToObj(n -> Append.of(Events.event(from + n, session)))
                        .toList(),
                Durability.MEMORY);
    }

    /** Appends events that the projection finishes, and lets them grow older than a window of seven days. */
    void old(int count) {
        append(count, "s");
        finish("projection");
        clock.advance(Duration.ofDays(8));
    }

    /** Has a group finish everything. */
    void finish(String group) {
        finish(group, 1000);
    }

    void finish(String group, int most) {
        try (EventFeed.Consumer consumer = ledger.feed(group).open("one")) {
            List<Delivery> some = consumer.poll(most, Duration.ZERO);
            consumer.acknowledge(some.stream().map(Delivery::position).toList());
        }
    }
}
