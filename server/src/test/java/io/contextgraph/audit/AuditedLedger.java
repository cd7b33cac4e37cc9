// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.router.PartitionedLedger;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A ledger in memory, of one partition or of several, with what feeds a graph from it. Of three, session {@code s0} is in the first,
 * {@code new} in the second and {@code s3} in the third.
 */
final class AuditedLedger {
    /** As everybody sees it. */
    final Ledger ledger;

    private final List<InMemoryLedger> parts;
    private final List<EventFeed> feeds;
    private final Clock clock;

    AuditedLedger(int partitions, Clock clock) {
        this.clock = clock;
        this.parts = Stream.generate(() -> new InMemoryLedger(clock))
                .limit(partitions)
                .toList();
        this.ledger = partitions == 1 ? parts.getFirst() : new PartitionedLedger(parts);
        this.feeds = ledger.partitions().stream()
                .map(partition -> partition.feed("projection"))
                .toList();
    }

    RecordedEvent append(Event event) {
        assertThat(ledger.log()
                        .append(List.of(Append.of(event)), Durability.MEMORY)
                        .outcomes())
                .hasOnlyElementsOfTypes(AppendOutcome.Appended.class, AppendOutcome.Duplicate.class);
        return ledger.partitionOf(event.sessionId())
                .log()
                .find(event.id())
                .found()
                .orElseThrow();
    }

    /** All of them, one partition after the other. */
    List<RecordedEvent> events() {
        return ledger.partitions().stream()
                .flatMap(partition -> partition.order().read(0, 1_000_000).stream())
                .toList();
    }

    /** Where each partition ends. */
    List<Position> end() {
        return ledger.partitions().stream()
                .map(partition -> partition.named(partition.order().head().position()))
                .toList();
    }

    /** As it is to itself, to whoever trims and prunes it. */
    Partition part(SessionId session) {
        return parts.get(ledger.partitionOf(session).number());
    }

    List<InMemoryLedger> parts() {
        return parts;
    }

    /** A lag whose time passes by being waited for. */
    GraphLag lag(AtomicLong time) {
        return lag(time, UnaryOperator.identity());
    }

    GraphLag lag(AtomicLong time, UnaryOperator<EventFeed> changed) {
        return new GraphLag(feeds.stream()
                .map(feed -> new ProjectionLag(changed.apply(feed), time::get, time::addAndGet))
                .toList());
    }

    /** One for each partition, each of which takes so many events at once. */
    List<ProjectionWorker> workers(GraphSink graph, int batch) {
        ProjectionSettings settings = new ProjectionSettings(batch, Duration.ZERO, 3, Duration.ofSeconds(1));
        return feeds.stream()
                .map(feed -> new ProjectionWorker("a", feed, graph, settings, clock))
                .toList();
    }

    /** Marks everything as being in the graph. */
    void acknowledge() {
        for (EventFeed feed : feeds) {
            try (EventFeed.Consumer consumer = feed.open("one")) {
                consumer.acknowledge(consumer.poll(1_000_000, Duration.ZERO).stream()
                        .map(Delivery::position)
                        .toList());
            }
        }
    }

    /** The one delivery of an event. */
    boolean park(EventId id, Failure failure) {
        for (EventFeed feed : feeds) {
            try (EventFeed.Consumer consumer = feed.open("one")) {
                for (Delivery delivery : consumer.poll(1_000, Duration.ZERO)) {
                    if (delivery instanceof Delivery.Arrived arrived
                            && arrived.event().event().id().equals(id)) {
                        return consumer.park(delivery, failure);
                    }
                }
            }
        }
        return false;
    }
}
