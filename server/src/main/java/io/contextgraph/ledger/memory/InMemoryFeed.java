// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What one group has been given of an {@link InMemoryLedger}. */
final class InMemoryFeed implements EventFeed {
    /** What a group remembers. Guarded by the ledger's lock. */
    static final class Group {
        private long delivered;
        private final TreeMap<Position, Held> held = new TreeMap<>();

        long pending() {
            return held.size();
        }

        /** Of those who hold something. */
        long consumers() {
            return held.values().stream().map(Held::consumer).distinct().count();
        }
    }

    /** An entry that a consumer was given and has not acknowledged. */
    private record Held(RecordedEvent event, String consumer, Instant since, long attempt) {
        Delivery delivery() {
            return new Delivery.Arrived(event, attempt);
        }
    }

    private final InMemoryLedger ledger;
    private final Clock clock;
    private final String name;
    private final Duration claimAfter;

    InMemoryFeed(InMemoryLedger ledger, String name, Duration claimAfter) {
        this.ledger = ledger;
        this.clock = ledger.clock;
        this.name = name;
        this.claimAfter = claimAfter;
    }

    @Override
    public Consumer open(String consumerName) {
        return new Reader(ledger.begin(name), consumerName);
    }

    @Override
    public Progress progress() {
        return ledger.locked(() -> {
            Group group = ledger.group(name);
            long seen = group.held.isEmpty()
                    ? group.delivered
                    : group.held.firstEntry().getValue().event().seq() - 1;
            Position through = seen == 0
                    ? Position.START
                    : ledger.events.get(Math.toIntExact(seen - 1)).position();
            return new Progress(
                    through,
                    seen,
                    group.held.size(),
                    ledger.parking.count(name),
                    ledger.events.stream().skip(seen).findFirst().map(RecordedEvent::recordedAt),
                    ledger.currentHead());
        });
    }

    private final class Reader implements Consumer {
        private final Group group;
        private final String consumer;

        Reader(Group group, String consumer) {
            this.group = group;
            this.consumer = consumer;
        }

        @Override
        public List<Delivery> poll(int max, Duration wait) {
            if (max < 1) {
                throw new IllegalArgumentException("a poll takes at least 1 entry: " + max);
            }
            return ledger.locked(() -> {
                List<Delivery> deliveries = take(max);
                long nanos = wait.toNanos();
                while (deliveries.isEmpty() && nanos > 0) {
                    try {
                        nanos = ledger.appended.awaitNanos(nanos);
                    } catch (InterruptedException stop) {
                        Thread.currentThread().interrupt();
                        return deliveries;
                    }
                    deliveries = take(max);
                }
                return deliveries;
            });
        }

        private List<Delivery> take(int max) {
            Instant idleSince = clock.instant().minus(claimAfter);
            List<Delivery> taken =
                    new ArrayList<>(redeliver(max, h -> h.consumer().equals(consumer)));
            taken.addAll(redeliver(
                    max - taken.size(),
                    h -> !h.consumer().equals(consumer) && !h.since().isAfter(idleSince)));
            while (taken.size() < max && group.delivered < ledger.events.size()) {
                RecordedEvent event = ledger.events.get(Math.toIntExact(group.delivered++));
                if (!ledger.isGone(event)) {
                    taken.add(hold(new Held(event, consumer, clock.instant(), 1)));
                }
            }
            return taken;
        }

        private List<Delivery> redeliver(int max, Predicate<Held> which) {
            List<Held> chosen =
                    group.held.values().stream().filter(which).limit(max).toList();
            return chosen.stream()
                    .map(h -> hold(new Held(h.event(), consumer, clock.instant(), h.attempt() + 1)))
                    .toList();
        }

        private Delivery hold(Held held) {
            group.held.put(held.event().position(), held);
            return held.delivery();
        }

        @Override
        public void acknowledge(Collection<Position> positions) {
            ledger.locked(() -> group.held.keySet().removeAll(Set.copyOf(positions)));
        }

        @Override
        public boolean park(Delivery delivery, Failure failure) {
            return ledger.locked(() -> {
                Held held = group.held.remove(delivery.position());
                if (held != null) {
                    ledger.parking.add(name, held.event(), failure);
                }
                return held != null;
            });
        }

        @Override
        public void close() {
            // Nothing is open: what was not acknowledged stays with the name.
        }
    }
}
