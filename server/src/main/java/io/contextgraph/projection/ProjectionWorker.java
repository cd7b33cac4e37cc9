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
import io.contextgraph.ledger.LedgerException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Projects what one consumer of the ledger is given.
 *
 * <p><b>Guarantees.</b> An entry is acknowledged only after the transaction that projects it has been committed; one
 * that is delivered again changes nothing. A failing batch is halved until the entry that fails is alone; that one is
 * set aside, the others go on.
 *
 * <p><b>Errors.</b> {@link #doWork} throws when the graph or the ledger is away: nothing is lost, call it again later.
 *
 * <p><b>Threads.</b> One thread works; {@link #counters} and {@link #setAside} may be read by any.
 */
public final class ProjectionWorker implements AutoCloseable {
    private static final int MAX_DOUBLINGS = 16;

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
     * @return how many entries were projected or set aside; 0 when there was nothing to do
     * @throws GraphException when the graph is away
     * @throws LedgerException when the ledger is away
     */
    public int doWork() {
        if (!prepared) {
            sink.prepare();
            prepared = true;
        }
        try {
            int done = retry();
            // What is set aside comes again with each poll and must not crowd out the rest.
            int max = settings.batchSize() + aside.size();
            List<RecordedEvent> batch = new ArrayList<>();
            for (Delivery delivery : consumer().poll(max, done > 0 ? Duration.ZERO : settings.pollTimeout())) {
                if (aside.containsKey(delivery.position())) {
                    continue;
                }
                switch (delivery) {
                    case Delivery.Arrived arrived -> batch.add(arrived.event());
                    case Delivery.Unreadable unreadable -> {
                        setAside(unreadable.position(), Optional.empty(), unreadable.reason());
                        done++;
                    }
                }
            }
            project(batch);
            return done + batch.size();
        } catch (LedgerException away) {
            close();
            throw away;
        } finally {
            publish();
        }
    }

    private EventFeed.Consumer consumer() {
        if (consumer == null) {
            consumer = feed.open(name);
        }
        return consumer;
    }

    /** Tries those again whose time has come, each on its own. */
    private int retry() {
        Instant now = clock.instant();
        List<SetAside> due = aside.values().stream()
                .filter(entry -> !entry.retryAt().isAfter(now) && entry.event().isPresent())
                .limit(settings.batchSize())
                .toList();
        due.forEach(entry -> entry.event().ifPresent(event -> project(List.of(event))));
        return due.size();
    }

    private void project(List<RecordedEvent> batch) {
        if (batch.isEmpty()) {
            return;
        }
        RuntimeException failure = tryApply(batch);
        if (failure == null) {
            acknowledge(batch);
        } else if (failure instanceof GraphException graph && graph.reason() == GraphException.Reason.UNAVAILABLE) {
            throw graph;
        } else if (batch.size() > 1) {
            project(batch.subList(0, batch.size() / 2));
            project(batch.subList(batch.size() / 2, batch.size()));
        } else if (failure instanceof GraphException graph && graph.reason().retryable()) {
            throw graph;
        } else {
            RecordedEvent event = batch.getFirst();
            setAside(event.position(), Optional.of(event), String.valueOf(failure.getMessage()));
        }
    }

    private @Nullable RuntimeException tryApply(List<RecordedEvent> batch) {
        try {
            sink.apply(Projection.project(batch));
            return null;
        } catch (RuntimeException failure) {
            counters = new ProjectionCounters(
                    counters.projected(),
                    counters.batches(),
                    counters.failures() + 1,
                    counters.setAside(),
                    counters.givenUp(),
                    counters.lastSeq());
            return failure;
        }
    }

    private void acknowledge(List<RecordedEvent> batch) {
        Collection<Position> positions =
                batch.stream().map(RecordedEvent::position).toList();
        consumer().acknowledge(positions);
        aside.keySet().removeAll(positions);
        counters = new ProjectionCounters(
                counters.projected() + batch.size(),
                counters.batches() + 1,
                counters.failures(),
                counters.setAside(),
                counters.givenUp(),
                batch.stream().mapToLong(RecordedEvent::seq).reduce(counters.lastSeq(), Math::max));
    }

    private void setAside(Position position, Optional<RecordedEvent> event, String reason) {
        Instant now = clock.instant();
        SetAside before = aside.get(position);
        long attempts = before == null ? 1 : before.attempts() + 1;
        boolean again = event.isPresent() && attempts < settings.maxAttempts();
        Duration pause = settings.retryAfter().multipliedBy(1L << Math.min(attempts - 1, MAX_DOUBLINGS));
        aside.put(
                position,
                new SetAside(
                        position,
                        again ? event : Optional.empty(),
                        attempts,
                        reason,
                        before == null ? now : before.firstFailure(),
                        again ? now.plus(pause) : Instant.MAX));
    }

    private void publish() {
        asideNow = List.copyOf(aside.values());
        counters = new ProjectionCounters(
                counters.projected(),
                counters.batches(),
                counters.failures(),
                asideNow.size(),
                Math.toIntExact(asideNow.stream().filter(SetAside::givenUp).count()),
                counters.lastSeq());
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
