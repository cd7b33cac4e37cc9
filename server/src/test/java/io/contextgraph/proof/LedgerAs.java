// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.forward.ForwardingLedger;
import io.contextgraph.ledger.memory.InMemoryFixture;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.ledger.seal.Sealing;
import io.contextgraph.ledger.seal.Settled;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.Lease;
import io.contextgraph.testing.Events;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A ledger as if it had other events than it has, as after a failover, or when an older file of it was put back. */
final class LedgerAs extends ForwardingLedger {
    private final Partition real;
    private List<RecordedEvent> events;
    private Sealing sealing;
    private Optional<LedgerIdentity> identity = Optional.empty();
    private Optional<Lease> lease = Optional.empty();

    LedgerAs(Partition real, List<RecordedEvent> events) {
        super(real);
        this.real = real;
        this.events = List.copyOf(events);
        this.sealing = real.sealing();
    }

    /** Has others from now on. */
    void have(List<RecordedEvent> others) {
        events = List.copyOf(others);
    }

    /** The first of some events, and behind them others that have come later, up to a number. */
    static List<RecordedEvent> lost(List<RecordedEvent> events, int kept, int others) {
        List<RecordedEvent> now = new ArrayList<>(events.subList(0, kept));
        Position last = events.getLast().position();
        for (int seq = kept + 1; seq <= others; seq++) {
            Event event = Events.event(100_000 + seq, "session-1");
            now.add(new RecordedEvent(
                    event,
                    new Position(last.millis() + 1, seq),
                    seq,
                    seq,
                    events.getLast().recordedAt(),
                    EventJson.hash(event)));
        }
        return now;
    }

    /** As it was then, whatever becomes of the real one: its epochs, its lease and what it remembers are its own from now on. */
    LedgerAs apart(LedgerIdentity known, Optional<Seal> seal) {
        identity = Optional.of(known);
        sealing = new InMemoryFixture().sealing();
        seal.ifPresent(sealing::remember);
        return this;
    }

    /** With a lease that runs out by another clock. */
    LedgerAs leased(InstantSource clock) {
        lease = Optional.of(new TimedLease(clock));
        return this;
    }

    /** As that of Redis. */
    private static final class TimedLease implements Lease {
        private final InstantSource clock;
        private Instant until = Instant.MIN;
        private Fence fence = new Fence("", 0);

        private TimedLease(InstantSource clock) {
            this.clock = clock;
        }

        @Override
        public Optional<Fence> take(String owner, Duration forHowLong) {
            if (clock.instant().isBefore(until)) {
                return Optional.empty();
            }
            fence = new Fence(owner, fence.number() + 1);
            until = clock.instant().plus(forHowLong);
            return Optional.of(fence);
        }

        @Override
        public boolean renew(Fence held, Duration forHowLong) {
            boolean has = held.equals(fence) && clock.instant().isBefore(until);
            until = has ? clock.instant().plus(forHowLong) : until;
            return has;
        }

        @Override
        public void release(Fence held) {
            until = held.equals(fence) ? Instant.MIN : until;
        }

        @Override
        public Optional<Holder> holder() {
            return Optional.empty();
        }
    }

    private Head head() {
        return events.isEmpty()
                ? Head.EMPTY
                : new Head(events.getLast().seq(), events.getLast().position());
    }

    @Override
    public EventOrder order() {
        return new EventOrder() {
            @Override
            public List<RecordedEvent> read(long afterSeq, int max) {
                return events.stream()
                        .filter(event -> event.seq() > afterSeq)
                        .limit(max)
                        .toList();
            }

            @Override
            public Head head() {
                return LedgerAs.this.head();
            }
        };
    }

    @Override
    public Epochs epochs() {
        return new Epochs() {
            @Override
            public Standing now() {
                return new Standing(identity.orElseGet(() -> real.epochs().now().identity()), head());
            }

            @Override
            public boolean begin(long ends, long begins, Head lastCommon) {
                if (identity.isEmpty()) {
                    return real.epochs().begin(ends, begins, lastCommon);
                }
                LedgerIdentity was = identity.get();
                List<LedgerIdentity.Cut> cuts = new ArrayList<>(was.cuts());
                cuts.add(new LedgerIdentity.Cut(begins, lastCommon));
                identity = Optional.of(new LedgerIdentity(was.id(), was.partition(), begins, cuts));
                return true;
            }
        };
    }

    @Override
    public Sealing sealing() {
        return (Sealing) Proxy.newProxyInstance(
                Sealing.class.getClassLoader(), new Class<?>[] {Sealing.class}, (proxy, method, arguments) -> {
                    try {
                        if (method.getName().equals("lease") && lease.isPresent()) {
                            return lease.get();
                        }
                        Object told = method.invoke(sealing, arguments);
                        return told instanceof Settled settled
                                ? new Settled(head(), settled.unconfirmed(), settled.history())
                                : told;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
