// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.History;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.router.PartitionedLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The graph is a function of the set of events: whatever number of workers, whatever they are given first, wherever they
 * die and whatever Neo4j refuses for a while, the same events give the same graph.
 */
public abstract class ProjectionContract {
    private static final Duration CLAIM_AFTER = Duration.ofSeconds(30);

    /** A graph to feed. */
    public record Target(GraphSink sink, GraphAudit reader) {}

    /** A graph with nothing in it; an earlier one is no longer used. */
    protected abstract Target emptyGraph();

    /** The whole graph is what these events make, every node, edge and property. */
    protected abstract void assertWhole(List<RecordedEvent> events, String description);

    /** How many random runs. */
    protected abstract int rounds();

    @Test
    void anyWorkersDyingAnywhereGiveTheGraphOfTheEvents() {
        long first = Long.getLong("contextgraph.seed", new Random().nextLong(1L << 40));
        System.out.println(
                getClass().getSimpleName() + ": seeds from " + first + " on (-Dcontextgraph.seed=" + first + ")");
        for (long seed = first; seed < first + rounds(); seed++) {
            String description = "seed " + seed;
            try {
                new Run(new Random(seed), emptyGraph(), description).run();
            } catch (RuntimeException failed) {
                throw new AssertionError(description, failed);
            }
        }
    }

    /** Of an id that two partitions have, the graph has the event that came first, and the other one is parked. */
    @Test
    void ofAnIdThatIsTwiceTheOneThatCameFirstIsThere() {
        long first = Long.getLong("contextgraph.seed", new Random().nextLong(1L << 40));
        System.out.println(
                getClass().getSimpleName() + ": seeds from " + first + " on (-Dcontextgraph.seed=" + first + ")");
        for (long seed = first; seed < first + rounds(); seed++) {
            twice(new Random(seed), emptyGraph(), "seed " + seed);
        }
    }

    private void twice(Random random, Target target, String description) {
        ManualClock clock = new ManualClock();
        PartitionedLedger ledger = new PartitionedLedger(List.of(new InMemoryLedger(clock), new InMemoryLedger(clock)));
        // "s0" is in the first, "s3" in the second.
        Set<EventId> twice = new HashSet<>();
        for (RecordedEvent event :
                History.random(random, 1 + random.nextInt(30)).events()) {
            append(ledger, event.event(), "s0");
            if (random.nextInt(4) == 0) {
                append(ledger, event.event(), "s3");
                twice.add(event.event().id());
            }
        }
        ProjectionSettings settings =
                new ProjectionSettings(1 + random.nextInt(12), Duration.ZERO, 3, Duration.ofSeconds(1));
        List<EventFeed> feeds = ledger.partitions().stream()
                .map(partition -> partition.feed("projection"))
                .toList();
        List<ProjectionWorker> workers = feeds.stream()
                .map(feed -> new ProjectionWorker("w", feed, target.sink(), settings, clock))
                .toList();
        while (feeds.stream().anyMatch(feed -> feed.progress().lag() > 0)) {
            int ignored = workers.get(random.nextInt(2)).doWork();
        }
        Set<Position> parked = new HashSet<>();
        Set<EventId> ids = new HashSet<>();
        ledger.parking().each(entry -> {
            parked.add(entry.position());
            ids.add(entry.eventId().orElseThrow());
        });
        assertThat(parked).as(description).hasSize(twice.size());
        assertThat(ids).as(description).isEqualTo(twice);
        assertWhole(
                ledger.partitions().stream()
                        .flatMap(partition -> partition.order().read(0, 100).stream())
                        .filter(event -> !parked.contains(event.position()))
                        .toList(),
                description);
        ledger.close();
    }

    private static void append(PartitionedLedger ledger, Event event, String session) {
        Event there = Event.builder(event.id(), event.type(), event.occurredAt(), new SessionId(session))
                .agentId(event.agentId())
                .parentId(event.parentId().orElse(null))
                .toolName(event.toolName().orElse(null))
                .payloadRef("ref")
                .build();
        assertThat(ledger.log()
                        .append(List.of(Append.of(there)), Durability.MEMORY)
                        .outcomes())
                .hasOnlyElementsOfType(AppendOutcome.Appended.class);
    }

    /** One random life of a deployment. */
    private final class Run {
        private final Random random;
        private final String description;
        private final ManualClock clock = new ManualClock();
        private final InMemoryLedger ledger = new InMemoryLedger(clock);
        private final EventFeed group = ledger.feed("projection", CLAIM_AFTER);
        private final FailingGraph graph;
        private final List<RecordedEvent> history;
        private final ProjectionSettings settings;
        private final List<ProjectionWorker> workers = new ArrayList<>();
        private int names;

        Run(Random random, Target target, String description) {
            this.random = random;
            this.description = description;
            this.graph = new FailingGraph(target.sink(), target.reader());
            this.history = History.random(random, 1 + random.nextInt(40)).events();
            this.settings = new ProjectionSettings(1 + random.nextInt(12), Duration.ZERO, 3, Duration.ofSeconds(1));
            for (int i = 0; i <= random.nextInt(5); i++) {
                workers.add(worker());
            }
        }

        private ProjectionWorker worker() {
            return new ProjectionWorker("w" + names++, new Mortal(group, random), graph, settings, clock);
        }

        void run() {
            // The first is sound: nothing is parked before the graph has taken something.
            history.stream()
                    .skip(1)
                    .filter(event -> random.nextInt(8) == 0)
                    .forEach(event -> graph.poison.add(event.event().id()));
            int next = 0;
            for (int step = 0;
                    step < 10_000 && (next < history.size() || group.progress().lag() > 0);
                    step++) {
                if (next < history.size() && random.nextBoolean()) {
                    ledger.append(List.of(Append.of(history.get(next++).event())), Durability.MEMORY);
                }
                graph.away = random.nextInt(5) == 0;
                graph.largest = random.nextInt(5) == 0 ? 2 : 100;
                work(random.nextInt(workers.size()));
                clock.advance(Duration.ofSeconds(random.nextInt(20)));
            }
            assertThat(group.progress().lag()).as(description).isZero();
            assertThat(group.progress().parked()).as(description).isEqualTo(graph.poison.size());
            List<RecordedEvent> recorded = ledger.read(0, history.size());
            assertWhole(
                    recorded.stream()
                            .filter(event ->
                                    !graph.poison.contains(event.event().id()))
                            .toList(),
                    description + ", without the parked ones");
            driveAgain();
            assertWhole(recorded, description);
        }

        private void work(int who) {
            try {
                workers.get(who).doWork();
            } catch (GraphException | LedgerException away) {
                // Either it goes on after a pause, or it has died and another one starts under another name.
                if (random.nextBoolean()) {
                    workers.set(who, worker());
                }
            }
        }

        private void driveAgain() {
            graph.away = false;
            graph.largest = 100;
            graph.poison.clear();
            Redrive redrive = new Redrive(ledger.parking(), graph);
            for (ParkedEntry entry : ledger.parking().list(Optional.empty(), 100)) {
                assertThat(redrive.redrive(entry).outcome()).as(description).isEqualTo(Redrive.Outcome.PROJECTED);
            }
            assertThat(group.progress().parked()).as(description).isZero();
        }
    }

    /** A feed whose consumers fail now and then, after a poll or before an acknowledgement. */
    private record Mortal(EventFeed feed, Random random) implements EventFeed {
        @Override
        public Progress progress() {
            return feed.progress();
        }

        @Override
        public Consumer open(String name) {
            Consumer inner = feed.open(name);
            return new Consumer() {
                @Override
                public List<Delivery> poll(int max, Duration wait) {
                    List<Delivery> deliveries = inner.poll(max, wait);
                    fail();
                    return deliveries;
                }

                @Override
                public void acknowledge(Collection<Position> positions) {
                    fail();
                    inner.acknowledge(positions);
                }

                @Override
                public boolean park(Delivery delivery, Failure failure) {
                    fail();
                    return inner.park(delivery, failure);
                }

                @Override
                public void close() {
                    inner.close();
                }
            };
        }

        private void fail() {
            if (random.nextInt(6) == 0) {
                throw new LedgerException(LedgerException.Reason.UNAVAILABLE, "away");
            }
        }
    }
}
