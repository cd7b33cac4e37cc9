// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.Projection;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.LedgerException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Projects what one consumer of the ledger is given.
 *
 * <p><b>Guarantees.</b> An entry is acknowledged only after the transaction that projects it has been committed; one
 * that is delivered again changes nothing. A failing batch is halved until the entry that fails is alone; that one is set
 * aside and tried again, the others go on. What still fails after all its tries is parked, provided that the graph takes
 * what it took before: a graph that refuses everything is in trouble itself, and no entry is to blame. An entry that is no
 * event is parked at once, and so is one whose id another partition was first with.
 *
 * <p><b>Errors.</b> {@link #doWork} throws when the graph or the ledger is away: nothing is lost, call it again later.
 *
 * <p><b>Units and bounds.</b> Holds at most a batch and {@value #MAX_ASIDE} entries that are set aside.
 *
 * <p><b>Threads.</b> One thread works; {@link #counters} and {@link #setAside} may be read by any.
 */
public final class ProjectionWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProjectionWorker.class);
    private static final int MAX_ASIDE = 1_000;
    private static final int MAX_DOUBLINGS = 16;
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final String name;
    private final EventFeed feed;
    private final GraphSink sink;
    private final ProjectionSettings settings;
    private final InstantSource clock;

    private final Map<Position, SetAside> aside = new TreeMap<>();
    private EventFeed.@Nullable Consumer consumer;
    private boolean prepared;

    private volatile ProjectionCounters counters = ProjectionCounters.NONE;
    private volatile List<SetAside> asideNow = List.of();

    /** A worker under a name that no other living worker of the group has. */
    public ProjectionWorker(
            String name, EventFeed feed, GraphSink sink, ProjectionSettings settings, InstantSource clock) {
        this.name = name;
        this.feed = feed;
        this.sink = sink;
        this.settings = settings;
        this.clock = clock;
    }

    /** The name of its consumer. */
    public String name() {
        return name;
    }

    /** What it has done so far. */
    public ProjectionCounters counters() {
        return counters;
    }

    /** What it has set aside, in ledger order. */
    public List<SetAside> setAside() {
        return asideNow;
    }

    /**
     * Polls once and projects what it was given, at most one batch; waits up to the poll timeout when there is nothing.
     *
     * @return how many entries were projected, set aside or parked; 0 when there was nothing to do
     * @throws GraphException when the graph is away
     * @throws LedgerException when the ledger is away
     */
    public int doWork() {
        if (!prepared) {
            sink.prepare();
            prepared = true;
        }
        try {
            List<Delivery> due = due(poll());
            List<Delivery> batch = new ArrayList<>();
            for (Delivery delivery : due) {
                if (delivery instanceof Delivery.Unreadable unreadable) {
                    // It will not become an event by waiting.
                    park(unreadable, new Failure(unreadable.reason(), clock.instant(), 1));
                } else if (aside.containsKey(delivery.position())) {
                    project(List.of(delivery));
                } else {
                    batch.add(delivery);
                }
            }
            project(batch);
            return due.size();
        } catch (LedgerException away) {
            close();
            throw away;
        } finally {
            publish();
        }
    }

    /** What is set aside comes again with each poll, and must not crowd out the rest. */
    private List<Delivery> poll() {
        int room = Math.min(settings.batchSize(), MAX_ASIDE - aside.size());
        return consumer().poll(aside.size() + room, settings.pollTimeout());
    }

    private List<Delivery> due(List<Delivery> deliveries) {
        // What did not come again has been taken over by another worker.
        aside.keySet().retainAll(deliveries.stream().map(Delivery::position).toList());
        Instant now = clock.instant();
        return deliveries.stream()
                .filter(delivery -> {
                    SetAside waiting = aside.get(delivery.position());
                    return waiting == null || !waiting.retryAt().isAfter(now);
                })
                .toList();
    }

    private EventFeed.Consumer consumer() {
        if (consumer == null) {
            consumer = feed.open(name);
        }
        return consumer;
    }

    private void project(List<Delivery> batch) {
        if (batch.isEmpty()) {
            return;
        }
        RuntimeException failure = tryApply(events(batch));
        if (failure == null) {
            acknowledge(batch);
        } else if (failure instanceof GraphException graph && graph.reason() == GraphException.Reason.UNAVAILABLE) {
            throw graph;
        } else if (batch.size() > 1) {
            project(batch.subList(0, batch.size() / 2));
            project(batch.subList(batch.size() / 2, batch.size()));
        } else if (failure instanceof GraphException graph && graph.reason().retryable()) {
            throw graph;
        } else if (failure instanceof GraphException graph && graph.reason() == GraphException.Reason.DOUBLE_ID) {
            park(batch.getFirst(), new Failure(reason(graph), clock.instant(), 1));
        } else {
            failed(batch.getFirst(), reason(failure));
        }
    }

    private static String reason(RuntimeException failure) {
        return String.valueOf(failure.getMessage());
    }

    private static List<RecordedEvent> events(List<Delivery> batch) {
        return batch.stream()
                .flatMap(delivery ->
                        delivery instanceof Delivery.Arrived arrived ? Stream.of(arrived.event()) : Stream.empty())
                .toList();
    }

    private @Nullable RuntimeException tryApply(List<RecordedEvent> batch) {
        try {
            sink.apply(Projection.project(batch));
            return null;
        } catch (RuntimeException failure) {
            counters = counters.failed();
            return failure;
        }
    }

    private void acknowledge(List<Delivery> batch) {
        Collection<Position> positions = batch.stream().map(Delivery::position).toList();
        consumer().acknowledge(positions);
        aside.keySet().removeAll(positions);
        counters = counters.succeeded(
                batch.size(),
                events(batch).stream().mapToLong(RecordedEvent::seq).max().orElse(0));
    }

    /** Sets a delivery that failed on its own aside until its next try, or parks it after the last. */
    private void failed(Delivery delivery, String reason) {
        Instant now = clock.instant();
        SetAside before = aside.get(delivery.position());
        Failure failure = before == null
                ? new Failure(reason, now, 1)
                : new Failure(reason, before.failure().first(), before.failure().attempts() + 1);
        Duration pause = settings.retryAfter().multipliedBy(1L << Math.min(failure.attempts() - 1, MAX_DOUBLINGS));
        Instant retryAt = now.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
        aside.put(delivery.position(), new SetAside(delivery.position(), failure, retryAt));
        // A graph that refuses what it took before throws: then the entry is not to blame.
        if (failure.attempts() >= settings.maxAttempts() && sink.takesAgain()) {
            park(delivery, failure);
        }
    }

    private void park(Delivery delivery, Failure failure) {
        boolean parked = consumer().park(delivery, failure);
        aside.remove(delivery.position());
        if (parked) {
            LOG.warn(
                    "projection: parked the entry at {}, attempt {}: {}",
                    delivery.position(),
                    failure.attempts(),
                    failure.reason());
            counters = counters.parkedOne();
        }
    }

    private void publish() {
        asideNow = List.copyOf(aside.values());
        counters = counters.withSetAside(asideNow.size());
    }

    /** Gives the connection back; the next {@link #doWork} opens another under the same name. */
    @Override
    public void close() {
        EventFeed.Consumer open = consumer;
        consumer = null;
        if (open != null) {
            open.close();
        }
    }
}
