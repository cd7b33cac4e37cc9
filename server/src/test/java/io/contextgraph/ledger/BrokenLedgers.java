// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Original;
import io.contextgraph.event.Page;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Conflict;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.AppendOutcome.Personal;
import io.contextgraph.ledger.AppendOutcome.Receipt;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.seal.Sealing;
import io.contextgraph.ledger.trim.Tiers;
import io.contextgraph.ledger.trim.Trimming;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Ledgers with one defect each; the kits must see every one of them. Run by {@link ContractKitsTest} alone. */
final class BrokenLedgers {
    private BrokenLedgers() {}

    /** A sound ledger whose parts a defect may replace. */
    static class Sound implements PartitionFixture {
        final InMemoryLedger ledger = new InMemoryLedger(Clock.systemUTC());

        @Override
        public EventLog log() {
            return ledger;
        }

        @Override
        public EventOrder order() {
            return ledger;
        }

        @Override
        public EventSearch search() {
            return ledger;
        }

        @Override
        public Sessions sessions() {
            return ledger;
        }

        @Override
        public EventFeed feed(String group, Duration claimAfter) {
            return ledger.feed(group, claimAfter);
        }

        @Override
        public Parking parking() {
            return ledger.parking();
        }

        @Override
        public Epochs epochs() {
            return ledger.epochs();
        }

        @Override
        public Trimming trimming() {
            return ledger.trimming();
        }

        @Override
        public Pruning pruning() {
            return ledger.pruning();
        }

        @Override
        public OperationStore operations() {
            return ledger.operations();
        }

        @Override
        public PersonalEvents personal() {
            return ledger.personal();
        }

        @Override
        public Tiers tiers() {
            return ledger.tiers();
        }

        @Override
        public Sealing sealing() {
            return ledger.sealing();
        }

        @Override
        public PartitionFixture another() {
            return this;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    /** Hands everything on. */
    static class Log implements EventLog {
        final EventLog sound;

        Log(EventLog sound) {
            this.sound = sound;
        }

        @Override
        public AppendResult append(List<Append> appends, Durability atLeast) {
            return sound.append(appends, atLeast);
        }

        @Override
        public Lookup find(EventId id) {
            return sound.find(id);
        }

        @Override
        public Map<EventId, Payload> payloads(Collection<EventId> ids) {
            return sound.payloads(ids);
        }

        @Override
        public Map<EventId, Original> originals(Collection<EventId> ids) {
            return sound.originals(ids);
        }
    }

    /** Hands the head on. */
    private record Order(EventOrder sound, UnaryOperator<List<RecordedEvent>> spoil) implements EventOrder {
        @Override
        public List<RecordedEvent> read(long afterSeq, int max) {
            return spoil.apply(sound.read(afterSeq, max));
        }

        @Override
        public Head head() {
            return sound.head();
        }
    }

    static class SoundLogTestee extends EventLogContract {
        @Override
        protected PartitionFixture fresh() {
            return new Sound();
        }
    }

    static class SoundSearchTestee extends EventSearchContract {
        @Override
        protected PartitionFixture fresh() {
            return new Sound();
        }
    }

    static class SoundFeedTestee extends EventFeedContract {
        @Override
        protected PartitionFixture fresh() {
            return new Sound();
        }
    }

    static class SoundSessionsTestee extends SessionsContract {
        @Override
        protected PartitionFixture fresh() {
            return new Sound();
        }
    }

    abstract static class BrokenLog extends EventLogContract {
        abstract EventLog broken(EventLog sound);

        @Override
        protected PartitionFixture fresh() {
            return new Sound() {
                @Override
                public EventLog log() {
                    return broken(ledger);
                }
            };
        }
    }

    abstract static class BrokenOrder extends EventLogContract {
        abstract List<RecordedEvent> broken(List<RecordedEvent> sound);

        @Override
        protected PartitionFixture fresh() {
            return new Sound() {
                @Override
                public EventOrder order() {
                    return new Order(ledger, BrokenOrder.this::broken);
                }
            };
        }
    }

    static class DropsOneOnReplay extends BrokenOrder {
        @Override
        List<RecordedEvent> broken(List<RecordedEvent> sound) {
            return sound.stream().filter(e -> e.seq() != 13).toList();
        }
    }

    static class ReordersOnReplay extends BrokenOrder {
        @Override
        List<RecordedEvent> broken(List<RecordedEvent> sound) {
            return sound.reversed();
        }
    }

    static class ForgetsIdempotence extends BrokenLog {
        @Override
        EventLog broken(EventLog sound) {
            return new Log(sound) {
                @Override
                public AppendResult append(List<Append> appends, Durability atLeast) {
                    return replaced(
                            sound.append(appends, atLeast),
                            o -> o instanceof Duplicate d ? new Appended(d.eventId(), d.receipt()) : o);
                }
            };
        }
    }

    static class AcceptsConflicts extends BrokenLog {
        @Override
        EventLog broken(EventLog sound) {
            return new Log(sound) {
                @Override
                public AppendResult append(List<Append> appends, Durability atLeast) {
                    return replaced(
                            sound.append(appends, atLeast),
                            o -> o instanceof Conflict c ? new Duplicate(c.eventId(), receipt(sound, c.eventId())) : o);
                }
            };
        }
    }

    static class SaysThatItTakesWhatIsPersonal extends BrokenLog {
        @Override
        EventLog broken(EventLog sound) {
            return new Log(sound) {
                @Override
                public AppendResult append(List<Append> appends, Durability atLeast) {
                    Receipt receipt = new Receipt(Head.EMPTY.position(), 1, 1, Instant.EPOCH);
                    return replaced(
                            sound.append(appends, atLeast),
                            o -> o instanceof Personal p ? new Appended(p.eventId(), receipt) : o);
                }
            };
        }
    }

    static class RefusesTheNeighboursOfWhatIsPersonal extends BrokenLog {
        @Override
        EventLog broken(EventLog sound) {
            return new Log(sound) {
                @Override
                public AppendResult append(List<Append> appends, Durability atLeast) {
                    return appends.stream()
                                    .map(Append::event)
                                    .anyMatch(e -> e.dataSubjectId().isPresent())
                            ? new AppendResult(
                                    appends.stream()
                                            .<AppendOutcome>map(
                                                    a -> new Personal(a.event().id()))
                                            .toList(),
                                    atLeast)
                            : sound.append(appends, atLeast);
                }
            };
        }
    }

    static class IgnoresExpectations extends BrokenLog {
        @Override
        EventLog broken(EventLog sound) {
            return new Log(sound) {
                @Override
                public AppendResult append(List<Append> appends, Durability atLeast) {
                    return sound.append(
                            appends.stream().map(a -> Append.of(a.event())).toList(), atLeast);
                }
            };
        }
    }

    static class LosesPayloads extends BrokenLog {
        @Override
        EventLog broken(EventLog sound) {
            return new Log(sound) {
                @Override
                public Map<EventId, Payload> payloads(Collection<EventId> ids) {
                    return Map.of();
                }
            };
        }
    }

    static class ForgetsOriginals extends BrokenLog {
        @Override
        EventLog broken(EventLog sound) {
            return new Log(sound) {
                @Override
                public AppendResult append(List<Append> appends, Durability atLeast) {
                    return sound.append(
                            appends.stream()
                                    .map(a -> new Append(a.event(), a.expected()))
                                    .toList(),
                            atLeast);
                }
            };
        }
    }

    /** As a ledger that lets whoever comes last say where an event comes from. */
    static class BelievesTheLastOriginal extends BrokenLog {
        @Override
        EventLog broken(EventLog sound) {
            Map<EventId, Original> told = new HashMap<>();
            return new Log(sound) {
                @Override
                public AppendResult append(List<Append> appends, Durability atLeast) {
                    appends.forEach(
                            a -> a.original().ifPresent(o -> told.put(a.event().id(), o)));
                    return sound.append(appends, atLeast);
                }

                @Override
                public Map<EventId, Original> originals(Collection<EventId> ids) {
                    Map<EventId, Original> known = new HashMap<>(told);
                    known.keySet().retainAll(Set.copyOf(ids));
                    return known;
                }
            };
        }
    }

    private static AppendResult replaced(AppendResult result, UnaryOperator<AppendOutcome> replacement) {
        return new AppendResult(result.outcomes().stream().map(replacement).toList(), result.reached());
    }

    private static Receipt receipt(EventLog log, EventId id) {
        RecordedEvent event = log.find(id).found().orElseThrow();
        return new Receipt(event.position(), event.seq(), event.sessionSeq(), event.recordedAt());
    }

    abstract static class BrokenSearch extends EventSearchContract {
        abstract EventPage broken(EventSearch sound, EventQuery query);

        @Override
        protected PartitionFixture fresh() {
            return new Sound() {
                @Override
                public EventSearch search() {
                    return query -> broken(ledger, query);
                }
            };
        }
    }

    static class ReturnsOneMore extends BrokenSearch {
        @Override
        EventPage broken(EventSearch sound, EventQuery query) {
            EventPage page = sound.search(query);
            EventPage any = sound.search(EventQuery.builder().limit(1).build());
            if (page.next().isPresent() || any.events().isEmpty()) {
                return page;
            }
            List<RecordedEvent> more = new ArrayList<>(page.events());
            more.add(any.events().getFirst());
            return new EventPage(more, page.next(), page.scopes());
        }
    }

    static class LosesTheLastOfAPage extends BrokenSearch {
        @Override
        EventPage broken(EventSearch sound, EventQuery query) {
            EventPage page = sound.search(query);
            if (page.next().isPresent() || page.events().isEmpty()) {
                return page;
            }
            return new EventPage(page.events().subList(0, page.events().size() - 1), page.next(), page.scopes());
        }
    }

    static class TurnsTiesRound extends BrokenSearch {
        @Override
        EventPage broken(EventSearch sound, EventQuery query) {
            EventPage page = sound.search(query);
            List<RecordedEvent> events = new ArrayList<>(page.events());
            for (int i = 1; i < events.size(); i++) {
                if (events.get(i - 1)
                        .event()
                        .occurredAt()
                        .equals(events.get(i).event().occurredAt())) {
                    events.set(i - 1, events.set(i, events.get(i - 1)));
                }
            }
            return new EventPage(events, page.next(), page.scopes());
        }
    }

    /** The page, with a cursor that what is written meanwhile is not behind of. */
    private static EventPage endless(EventPage page, EventQuery query) {
        return new EventPage(
                page.events(),
                page.next()
                        .map(next -> query.cursorAfter(
                                page.events().getLast(),
                                Long.MAX_VALUE,
                                page.scope().asOf())),
                page.scopes());
    }

    static class LetsNewEventsIn extends BrokenSearch {
        @Override
        EventPage broken(EventSearch sound, EventQuery query) {
            return endless(sound.search(query), query);
        }
    }

    static class IgnoresTheOrder extends BrokenSearch {
        @Override
        EventPage broken(EventSearch sound, EventQuery query) {
            EventPage page = sound.search(query);
            return new EventPage(page.events().reversed(), page.next(), page.scopes());
        }
    }

    static class SoundReadsTestee extends ConsistentReadsContract {
        @Override
        protected PartitionFixture fresh() {
            return new Sound();
        }

        @Override
        protected int largeSession() {
            return 3_000;
        }
    }

    abstract static class BrokenReads extends SoundReadsTestee {
        abstract EventPage broken(EventSearch sound, EventQuery query);

        @Override
        protected PartitionFixture fresh() {
            return new Sound() {
                @Override
                public EventSearch search() {
                    return query -> broken(ledger, query);
                }
            };
        }
    }

    /** As a search that has a greatest result, and does not say so. */
    static class EndsALongWalkEarly extends BrokenReads {
        @Override
        EventPage broken(EventSearch sound, EventQuery query) {
            EventPage page = sound.search(query);
            boolean far = query.after().isPresent() && query.limit() == EventQuery.MAX_LIMIT;
            return new EventPage(page.events(), far ? Optional.empty() : page.next(), page.scopes());
        }
    }

    /** As a cursor that is no snapshot. */
    static class LetsWhatIsWrittenMeanwhileIn extends BrokenReads {
        @Override
        EventPage broken(EventSearch sound, EventQuery query) {
            return endless(sound.search(query), query);
        }
    }

    /** As a cursor that knows the time only: of the events that share it, those on the next page are lost. */
    static class ForgetsTiesBetweenPages extends BrokenReads {
        @Override
        EventPage broken(EventSearch sound, EventQuery query) {
            EventPage page = sound.search(query);
            return new EventPage(page.events(), page.next().map(next -> cut(query, next, page)), page.scopes());
        }

        private static Cursor cut(EventQuery query, Cursor next, EventPage page) {
            EventQuery.Place place = query.withCursor(next).after().orElseThrow();
            Instant later =
                    Instant.ofEpochMilli(place.timeMillis() + (query.order().descending() ? -1 : 1));
            RecordedEvent last = page.events().getLast();
            Event moved = Event.builder(
                            last.event().id(),
                            last.event().type(),
                            later,
                            last.event().sessionId())
                    .payloadRef("r")
                    .build();
            return query.cursorAfter(
                    new RecordedEvent(
                            moved,
                            last.position(),
                            query.order().descending() ? Long.MAX_VALUE : 0,
                            1,
                            last.recordedAt(),
                            last.contentHash()),
                    place.asOfSeq(),
                    place.asOf());
        }
    }

    /** As a query language in which spaces mean nothing. */
    static class OverlooksOddNames extends BrokenReads {
        @Override
        EventPage broken(EventSearch sound, EventQuery query) {
            EventPage page = sound.search(query);
            List<RecordedEvent> found = page.events().stream()
                    .filter(e -> e.event().agentId().equals(e.event().agentId().strip()))
                    .toList();
            return new EventPage(found, page.next(), page.scopes());
        }
    }

    abstract static class BrokenFeed extends EventFeedContract {
        abstract EventFeed.Consumer broken(EventFeed.Consumer sound);

        @Override
        protected PartitionFixture fresh() {
            return new Sound() {
                @Override
                public EventFeed feed(String group, Duration claimAfter) {
                    EventFeed sound = ledger.feed(group, claimAfter);
                    return new EventFeed() {
                        @Override
                        public EventFeed.Consumer open(String consumerName) {
                            return broken(sound.open(consumerName));
                        }

                        @Override
                        public Progress progress() {
                            return sound.progress();
                        }
                    };
                }
            };
        }
    }

    /** Hands everything on. */
    static class Reader implements EventFeed.Consumer {
        final EventFeed.Consumer sound;

        Reader(EventFeed.Consumer sound) {
            this.sound = sound;
        }

        @Override
        public List<Delivery> poll(int max, Duration wait) {
            return sound.poll(max, wait);
        }

        @Override
        public void acknowledge(Collection<Position> positions) {
            sound.acknowledge(positions);
        }

        @Override
        public boolean park(Delivery delivery, Failure failure) {
            return sound.park(delivery, failure);
        }

        @Override
        public void close() {
            sound.close();
        }
    }

    static class AcknowledgesOnDelivery extends BrokenFeed {
        @Override
        EventFeed.Consumer broken(EventFeed.Consumer sound) {
            return new Reader(sound) {
                @Override
                public List<Delivery> poll(int max, Duration wait) {
                    List<Delivery> deliveries = sound.poll(max, wait);
                    sound.acknowledge(
                            deliveries.stream().map(Delivery::position).toList());
                    return deliveries;
                }
            };
        }
    }

    static class NeverAcknowledges extends BrokenFeed {
        @Override
        EventFeed.Consumer broken(EventFeed.Consumer sound) {
            return new Reader(sound) {
                @Override
                public void acknowledge(Collection<Position> positions) {
                    // Forgets it.
                }
            };
        }
    }

    abstract static class BrokenParking extends ParkingContract {
        abstract EventFeed.Consumer broken(EventFeed.Consumer sound);

        Parking broken(Parking sound) {
            return sound;
        }

        @Override
        protected PartitionFixture fresh() {
            return new Sound() {
                @Override
                public EventFeed feed(String group, Duration claimAfter) {
                    EventFeed sound = ledger.feed(group, claimAfter);
                    return new EventFeed() {
                        @Override
                        public EventFeed.Consumer open(String consumerName) {
                            return broken(sound.open(consumerName));
                        }

                        @Override
                        public Progress progress() {
                            return sound.progress();
                        }
                    };
                }

                @Override
                public Parking parking() {
                    return broken(ledger.parking());
                }
            };
        }
    }

    static class ParksAndKeepsDelivering extends BrokenParking {
        @Override
        EventFeed.Consumer broken(EventFeed.Consumer sound) {
            return new Reader(sound) {
                @Override
                public boolean park(Delivery delivery, Failure failure) {
                    return true;
                }
            };
        }
    }

    static class AcknowledgesWithoutParking extends BrokenParking {
        @Override
        EventFeed.Consumer broken(EventFeed.Consumer sound) {
            return new Reader(sound) {
                @Override
                public boolean park(Delivery delivery, Failure failure) {
                    sound.acknowledge(List.of(delivery.position()));
                    return true;
                }
            };
        }
    }

    static class DropsWithoutRecord extends BrokenParking {
        @Override
        EventFeed.Consumer broken(EventFeed.Consumer sound) {
            return sound;
        }

        @Override
        Parking broken(Parking sound) {
            return new Parking() {
                @Override
                public List<ParkedEntry> list(Optional<ParkedId> after, int max) {
                    return sound.list(after, max);
                }

                @Override
                public Optional<ParkedEntry> find(ParkedId id) {
                    return sound.find(id);
                }

                @Override
                public boolean release(ParkedId id) {
                    return sound.release(id);
                }

                @Override
                public boolean drop(ParkedId id, String reason) {
                    return sound.release(id);
                }

                @Override
                public List<DroppedEntry> dropped(Optional<ParkedId> after, int max) {
                    return sound.dropped(after, max);
                }
            };
        }
    }

    static class SoundParkingTestee extends ParkingContract {
        @Override
        protected PartitionFixture fresh() {
            return new Sound();
        }
    }

    static class DeliversBackwards extends BrokenFeed {
        @Override
        EventFeed.Consumer broken(EventFeed.Consumer sound) {
            return new Reader(sound) {
                @Override
                public List<Delivery> poll(int max, Duration wait) {
                    return sound.poll(max, wait).reversed();
                }
            };
        }
    }

    static class ForgetsSessions extends SessionsContract {
        @Override
        protected PartitionFixture fresh() {
            return new Sound() {
                @Override
                public Sessions sessions() {
                    return new Sessions() {
                        @Override
                        public Optional<SessionSummary> find(SessionId id) {
                            return ledger.find(id).filter(s -> s.eventCount() < 4);
                        }

                        @Override
                        public Page<SessionSummary> list(int limit, Optional<Cursor> cursor) {
                            return ledger.list(limit, cursor);
                        }
                    };
                }
            };
        }
    }

    static class SoundOperationsTestee extends OperationStoreContract {
        @Override
        protected PartitionFixture fresh() {
            return new Sound();
        }
    }

    static class SoundEpochsTestee extends EpochsContract {
        @Override
        protected PartitionFixture fresh() {
            return new Sound();
        }
    }

    /** Whoever comes too late begins an epoch of their own. */
    static class BeginsAnEpochTwice extends EpochsContract {
        @Override
        protected PartitionFixture fresh() {
            return new Sound() {
                @Override
                public Epochs epochs() {
                    return new Epochs() {
                        @Override
                        public Standing now() {
                            return ledger.epochs().now();
                        }

                        @Override
                        public boolean begin(long ends, long begins, Head lastCommon) {
                            long now = now().identity().epoch();
                            return ledger.epochs().begin(now, Math.max(now + 1, begins), lastCommon);
                        }
                    };
                }
            };
        }
    }

    static class GivesALockTwice extends OperationStoreContract {
        @Override
        protected PartitionFixture fresh() {
            return new Sound() {
                @Override
                public OperationStore operations() {
                    return new Forgetful(ledger.operations());
                }
            };
        }
    }

    /** Lets whoever comes take a lock. */
    private record Forgetful(OperationStore sound) implements OperationStore {
        @Override
        public boolean claim(String lock, String id, Duration lease) {
            sound.holder(lock).ifPresent(other -> sound.release(lock, other));
            return sound.claim(lock, id, lease);
        }

        @Override
        public boolean renew(String lock, String id, Duration lease) {
            return sound.renew(lock, id, lease);
        }

        @Override
        public void release(String lock, String id) {
            sound.release(lock, id);
        }

        @Override
        public void end(String lock, String id, String record) {
            sound.end(lock, id, record);
        }

        @Override
        public Optional<String> holder(String lock) {
            return sound.holder(lock);
        }

        @Override
        public void save(String id, String record) {
            sound.save(id, record);
        }

        @Override
        public Optional<String> find(String id) {
            return sound.find(id);
        }

        @Override
        public Map<String, String> all() {
            return sound.all();
        }

        @Override
        public void forget(String id) {
            sound.forget(id);
        }
    }
}
