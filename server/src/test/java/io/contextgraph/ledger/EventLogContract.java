// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Conflict;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.AppendOutcome.Personal;
import io.contextgraph.ledger.AppendOutcome.Receipt;
import io.contextgraph.ledger.AppendOutcome.UnexpectedSessionSeq;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.testing.Events;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link EventLog} must do. */
public abstract class EventLogContract extends LedgerContract<LedgerFixture> {
    @Test
    void anEmptyLedgerHasNothing() {
        assertThat(order("session").head()).isEqualTo(Head.EMPTY);
        assertThat(order("session").read(0, 10)).isEmpty();
        assertThat(ledger.log().find(Events.id(1)).found()).isEmpty();
        assertThat(ledger.log().payloads(List.of(Events.id(1)))).isEmpty();
        assertThat(ledger.log().payloads(List.of())).isEmpty();
    }

    @Test
    void numbersHaveNoGapsAndPositionsRise() {
        List<Event> events = new ArrayList<>();
        for (int n = 1; n <= 60; n++) {
            events.add(Events.event(n, "session-" + n % 3));
        }
        List<AppendOutcome> outcomes = append(events);

        List<Receipt> receipts =
                outcomes.stream().map(o -> ((Appended) o).receipt()).toList();
        assertThat(receipts.stream().map(Receipt::sessionSeq))
                .containsExactlyElementsOf(
                        LongStream.range(0, 60).map(n -> n / 3 + 1).boxed().toList());
        for (Partition partition : ledger.partitions()) {
            List<Receipt> there = IntStream.range(0, 60)
                    .filter(n -> ledger.partitionOf(events.get(n).sessionId()).number() == partition.number())
                    .mapToObj(receipts::get)
                    .toList();
            assertThat(there.stream().map(Receipt::seq))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, there.size()).boxed().toList());
            List<Position> positions = there.stream().map(Receipt::position).toList();
            assertThat(positions).isSorted().doesNotHaveDuplicates();
            assertThat(partition.order().head())
                    .isEqualTo(there.isEmpty() ? Head.EMPTY : new Head(there.size(), positions.getLast()));
        }
    }

    /** These events as {@link #all} has them. */
    private List<Event> inOrder(List<Event> events) {
        return events.stream()
                .sorted(Comparator.comparingInt(
                        event -> ledger.partitionOf(event.sessionId()).number()))
                .toList();
    }

    @Test
    void whatComesBackIsWhatWasAppended() {
        Event event = Events.full(1, "session");
        Appended outcome = (Appended) append(event);

        Receipt receipt = outcome.receipt();
        RecordedEvent expected =
                new RecordedEvent(event, receipt.position(), 1, 1, receipt.recordedAt(), EventJson.hash(event));
        assertThat(outcome.eventId()).isEqualTo(event.id());
        assertThat(ledger.log().find(event.id()).found()).contains(expected);
        assertThat(order("session").read(0, 10)).containsExactly(slim(expected));
        assertThat(another().log().find(event.id()).found()).contains(expected);
    }

    @Test
    void anEventWithNothingOptionalComesBack() {
        Event event = Events.event(1, "session");
        append(event);
        assertThat(ledger.log().find(event.id()).found().map(RecordedEvent::event))
                .contains(event);
    }

    @Test
    void theSameEventAgainIsADuplicateAndWritesNothing() {
        Event event = Events.full(1, "session");
        Appended first = (Appended) append(event);
        append(Events.event(2, "session"));
        Head head = order("session").head();

        assertThat(append(event)).isEqualTo(new Duplicate(event.id(), first.receipt()));
        assertThat(another()
                        .log()
                        .append(List.of(Append.of(event)), Durability.MEMORY)
                        .outcomes())
                .containsExactly(new Duplicate(event.id(), first.receipt()));
        assertThat(order("session").head()).isEqualTo(head);
        assertThat(all()).hasSize(2);
    }

    @Test
    void theSameIdWithOtherContentIsAConflictAndWritesNothing() {
        Event event = Events.full(1, "session");
        append(event);
        Head head = order("session").head();
        Event other = event.withPayload(Optional.of(new Payload("{\"text\":\"changed\"}")));

        assertThat(append(other)).isEqualTo(new Conflict(event.id(), EventJson.hash(event), EventJson.hash(other)));
        assertThat(order("session").head()).isEqualTo(head);
        assertThat(ledger.log().find(event.id()).found().map(RecordedEvent::event))
                .contains(event);
    }

    @Test
    void aBatchIsJudgedOneByOneInOrder() {
        Event first = Events.event(1, "session");
        Event changed = Events.builder(1, "session").agentId("agent-2").build();
        Event second = Events.event(2, "session");
        List<AppendOutcome> outcomes = append(List.of(first, changed, first, second));

        Receipt one = ((Appended) outcomes.get(0)).receipt();
        Receipt two = ((Appended) outcomes.get(3)).receipt();
        assertThat(outcomes)
                .containsExactly(
                        new Appended(first.id(), one),
                        new Conflict(first.id(), EventJson.hash(first), EventJson.hash(changed)),
                        new Duplicate(first.id(), one),
                        new Appended(second.id(), two));
        assertThat(two.seq()).isEqualTo(2);
        assertThat(two.sessionSeq()).isEqualTo(2);
        assertThat(all().stream().map(RecordedEvent::event)).containsExactly(first, second);
    }

    @Test
    void whatIsWrittenToAStreamIsJudgedInOrderWheneverItIsAwaited() {
        Event changed = Events.builder(1, "session").agentId("agent-2").build();
        AppendStream stream = ledger.log().stream(Durability.MEMORY);
        List<AppendStream.Written> written = new ArrayList<>();
        for (List<Event> events : List.of(
                List.of(Events.event(1, "session"), Events.event(2, "session")),
                List.of(Events.event(2, "session"), changed),
                List.of(Events.event(3, "session")))) {
            written.add(stream.write(events.stream().map(Append::of).toList()));
        }
        List<AppendOutcome> outcomes = new ArrayList<>();
        for (AppendStream.Written one : written.reversed()) {
            AppendResult result = one.await();
            assertThat(one.await()).isEqualTo(result);
            assertThat(result.reached()).isEqualTo(Durability.MEMORY);
            outcomes.addAll(0, result.outcomes());
        }
        assertThat(outcomes.stream().map(Object::getClass))
                .containsExactly(Appended.class, Appended.class, Duplicate.class, Conflict.class, Appended.class);
        assertThat(all().stream().map(event -> event.event().id()))
                .containsExactly(Events.id(1), Events.id(2), Events.id(3));
        assertThatThrownBy(() -> stream.write(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anExpectationIsHeldAgainstTheSession() {
        Event first = Events.event(1, "session");
        Event second = Events.event(2, "session");
        Event third = Events.event(3, "session");
        ExpectedSessionSeq seven = new ExpectedSessionSeq.Exactly(7);
        ExpectedSessionSeq one = new ExpectedSessionSeq.Exactly(1);
        List<AppendOutcome> outcomes = ledger.log()
                .append(
                        List.of(
                                new Append(first, seven),
                                new Append(first, ExpectedSessionSeq.NONE),
                                new Append(second, ExpectedSessionSeq.NONE),
                                new Append(second, one),
                                new Append(third, one),
                                new Append(second, seven)),
                        Durability.MEMORY)
                .outcomes();

        assertThat(outcomes.get(0)).isEqualTo(new UnexpectedSessionSeq(first.id(), seven, 0));
        assertThat(outcomes.get(1)).isInstanceOf(Appended.class);
        assertThat(outcomes.get(2)).isEqualTo(new UnexpectedSessionSeq(second.id(), ExpectedSessionSeq.NONE, 1));
        Receipt receipt = ((Appended) outcomes.get(3)).receipt();
        assertThat(outcomes.get(4)).isEqualTo(new UnexpectedSessionSeq(third.id(), one, 2));
        // A retry of what has been done is a duplicate, whatever it expected.
        assertThat(outcomes.get(5)).isEqualTo(new Duplicate(second.id(), receipt));
        assertThat(all().stream().map(RecordedEvent::event)).containsExactly(first, second);
    }

    @Test
    void anExpectationMayBeTheLargestNumberThatThereIsAndNoLargerOne() {
        ExpectedSessionSeq largest = new ExpectedSessionSeq.Exactly(Original.MAX_NUMBER);
        Event event = Events.event(1, "session");
        assertThat(ledger.log()
                        .append(List.of(new Append(event, largest)), Durability.MEMORY)
                        .outcomes())
                .containsExactly(new UnexpectedSessionSeq(event.id(), largest, 0));
        assertThatThrownBy(() -> new ExpectedSessionSeq.Exactly(Original.MAX_NUMBER + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2^53");
    }

    @Test
    void anEventAboutAPersonIsRefusedAloneAndNothingOfItIsWritten() {
        Event first = Events.event(1, "session");
        Event personal = Events.personal(2, "session");
        Event elsewhere = Events.personal(3, "of a person");
        Event last = Events.event(4, "session");
        List<AppendOutcome> outcomes = append(List.of(first, personal, elsewhere, personal, last));

        Receipt one = ((Appended) outcomes.getFirst()).receipt();
        Receipt two = ((Appended) outcomes.getLast()).receipt();
        assertThat(outcomes)
                .containsExactly(
                        new Appended(first.id(), one),
                        new Personal(personal.id()),
                        new Personal(elsewhere.id()),
                        new Personal(personal.id()),
                        new Appended(last.id(), two));
        assertThat(two.seq()).isEqualTo(2);
        assertThat(two.sessionSeq()).isEqualTo(2);
        assertThat(append(personal)).isEqualTo(new Personal(personal.id()));
        assertThat(append(Append.imported(personal, Optional.of(original(2))))).isEqualTo(new Personal(personal.id()));
        assertThat(append(new Append(personal, new ExpectedSessionSeq.Exactly(7))))
                .isEqualTo(new Personal(personal.id()));

        assertThat(order("session").head()).isEqualTo(new Head(2, two.position()));
        assertThat(all().stream().map(RecordedEvent::event)).containsExactly(first, last);
        assertThat(ledger.log().find(personal.id()).found()).isEmpty();
        assertThat(ledger.log().payloads(List.of(personal.id(), elsewhere.id())))
                .isEmpty();
        assertThat(ledger.log().originals(List.of(personal.id()))).isEmpty();
        assertThat(ledger.sessions().find(elsewhere.sessionId())).isEmpty();
        // An id that was refused is free.
        assertThat(append(Events.full(2, "session"))).isInstanceOf(Appended.class);
    }

    @Test
    void whatIsStoredIsToldFirst() {
        Event event = Events.full(1, "session");
        append(event);
        Event personal = Events.personal(1, "session");
        assertThat(append(personal))
                .isEqualTo(new Conflict(event.id(), EventJson.hash(event), EventJson.hash(personal)));
    }

    @Test
    void batchesHaveBounds() {
        List<Append> tooMany = LongStream.rangeClosed(1, EventLog.MAX_BATCH + 1L)
                .mapToObj(n -> Append.of(Events.event(n, "session")))
                .toList();
        assertThatThrownBy(() -> ledger.log().append(tooMany, Durability.MEMORY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ledger.log().append(List.of(), Durability.MEMORY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(all()).isEmpty();

        AppendResult result = ledger.log().append(tooMany.subList(0, EventLog.MAX_BATCH), Durability.MEMORY);
        assertThat(result.outcomes()).hasSize(EventLog.MAX_BATCH).allMatch(Appended.class::isInstance);
        assertThat(result.reached()).isEqualTo(Durability.MEMORY);
        assertThat(order("session").head().seq()).isEqualTo(EventLog.MAX_BATCH);
    }

    @Test
    void everythingCanBeReplayedInPagesOfAnySize() {
        List<Event> events = Events.mixed(700);
        append(events);
        List<RecordedEvent> whole = all();
        assertThat(whole.stream().map(RecordedEvent::event))
                .containsExactlyElementsOf(inOrder(events).stream()
                        .map(e -> e.withPayload(Optional.empty()))
                        .toList());
        for (Partition partition : ledger.partitions()) {
            replayed(partition.order());
        }
        for (RecordedEvent event : whole.subList(0, 50)) {
            assertThat(ledger.log().find(event.event().id()).found().map(LedgerContract::slim))
                    .contains(event);
        }
    }

    private static void replayed(EventOrder order) {
        List<RecordedEvent> whole = order.read(0, Integer.MAX_VALUE);
        int end = whole.size();
        assertThat(order.head().seq()).isEqualTo(end);
        for (int size : List.of(1, 7, 500, 699, 700, 701)) {
            List<RecordedEvent> pages = new ArrayList<>();
            long after = 0;
            List<RecordedEvent> page = order.read(after, size);
            while (!page.isEmpty() && pages.size() < 40 * size) {
                assertThat(page).hasSize((int) Math.min(size, end - after));
                pages.addAll(page);
                after = page.getLast().seq();
                page = order.read(after, size);
            }
            assertThat(pages).isEqualTo(whole.subList(0, Math.min(end, 40 * size)));
        }
        assertThat(order.read(end, 10)).isEmpty();
        assertThat(order.read(5000, 10)).isEmpty();
    }

    @Test
    void payloadsComeBackForThoseThatBroughtOne() {
        Payload small = new Payload("{\"a\":1}");
        Payload large = new Payload("{\"text\":\"" + "lorem ipsum \uD83D\uDE00 ".repeat(9000) + "\"}");
        Payload random =
                new Payload("{\"text\":\"" + UUID.randomUUID().toString().repeat(40) + "\"}");
        append(Events.builder(1, "s").payload(small).build());
        append(Events.builder(2, "s").payload(large).build());
        append(Events.builder(3, "s").payload(random).payloadRef(null).build());
        append(Events.event(4, "s"));

        List<EventId> ids = LongStream.rangeClosed(1, 5).mapToObj(Events::id).toList();
        assertThat(ledger.log().payloads(ids))
                .isEqualTo(Map.of(Events.id(1), small, Events.id(2), large, Events.id(3), random));
        assertThat(ledger.log().find(Events.id(2)).found().orElseThrow().event().payload())
                .contains(large);
        assertThat(ledger.log().find(Events.id(3)).found().orElseThrow().event().payloadRef())
                .isEqualTo("payload:" + Events.id(3));
        assertThat(ledger.log().find(Events.id(4)).found().orElseThrow().event().payload())
                .isEmpty();
    }

    /** What another ledger had assigned to event {@code n}: unlike anything that this one assigns. */
    private static Original original(long n) {
        return new Original(
                new Position(1_000_000_000_000L + n, n),
                5000 + n,
                n,
                Instant.ofEpochMilli(1_000_000_000_007L),
                Optional.of(new Original.Source(UUID.fromString("01234567-0123-4123-8123-0123456789ab"), 0, 2)));
    }

    private AppendOutcome append(Append append) {
        return ledger.log()
                .append(List.of(append), Durability.MEMORY)
                .outcomes()
                .getFirst();
    }

    @Test
    void anOriginalIsKeptBesideItsEvent() {
        Event imported = Events.full(1, "session");
        Event own = Events.full(2, "session");
        Receipt receipt = ((Appended) append(Append.imported(imported, Optional.of(original(1))))).receipt();
        append(own);

        RecordedEvent expected =
                new RecordedEvent(imported, receipt.position(), 1, 1, receipt.recordedAt(), EventJson.hash(imported));
        assertThat(ledger.log().find(imported.id()).found()).contains(expected.withOriginal(Optional.of(original(1))));
        assertThat(another().log().find(own.id()).found().orElseThrow().original())
                .isEmpty();
        assertThat(another().log().originals(List.of(own.id(), imported.id(), Events.id(3))))
                .isEqualTo(Map.of(imported.id(), original(1)));
        assertThat(ledger.log().originals(List.of())).isEmpty();
        // Whatever reads events without payloads reads them without originals; asked for, they come.
        List<RecordedEvent> read = order("session").read(0, 10);
        assertThat(read.getFirst()).isEqualTo(slim(expected));
        assertThat(ledger.log().withOriginals(read))
                .containsExactly(read.getFirst().withOriginal(Optional.of(original(1))), read.getLast());
        EventQuery.Builder everything = EventQuery.builder().order(EventQuery.Order.POSITION_ASC);
        assertThat(ledger.search().search(everything.build()).events()).isEqualTo(read);
        try (EventFeed.Consumer consumer =
                ledger.partitionOf(imported.sessionId()).feed("group").open("consumer")) {
            assertThat(consumer.poll(10, Duration.ZERO))
                    .containsExactly(new Delivery.Arrived(read.getFirst(), 1), new Delivery.Arrived(read.getLast(), 1));
        }
    }

    @Test
    void anOriginalIsNoPartOfTheEvent() {
        Event without = Events.full(1, "session");
        Event with = Events.full(2, "session");
        Append first = Append.of(without);
        Append second = Append.imported(with, Optional.of(original(2)));
        Receipt one = ((Appended) append(first)).receipt();
        Receipt two = ((Appended) append(second)).receipt();
        Head head = order("session").head();

        for (Optional<Original> other : List.of(Optional.of(original(7)), Optional.<Original>empty())) {
            assertThat(append(Append.imported(without, other))).isEqualTo(new Duplicate(without.id(), one));
            assertThat(append(Append.imported(with, other))).isEqualTo(new Duplicate(with.id(), two));
        }
        // Within one batch, too, the first that comes is the event.
        Event third = Events.event(3, "session");
        assertThat(ledger.log()
                        .append(
                                List.of(
                                        Append.imported(third, Optional.of(original(3))),
                                        Append.imported(third, Optional.of(original(4)))),
                                Durability.MEMORY)
                        .outcomes())
                .satisfiesExactly(
                        outcome -> assertThat(outcome).isInstanceOf(Appended.class),
                        outcome -> assertThat(outcome).isInstanceOf(Duplicate.class));
        assertThat(order("session").head().seq()).isEqualTo(head.seq() + 1);
        assertThat(ledger.log().originals(List.of(without.id(), with.id(), third.id())))
                .isEqualTo(Map.of(with.id(), original(2), third.id(), original(3)));

        Event changed = with.withPayload(Optional.of(new Payload("{\"text\":\"changed\"}")));
        assertThat(append(Append.imported(changed, Optional.of(original(2)))))
                .isEqualTo(new Conflict(with.id(), EventJson.hash(with), EventJson.hash(changed)));
    }

    @Test
    void originalsAtTheirLimitsComeBack() {
        long most = Original.MAX_NUMBER;
        List<Original> originals = List.of(
                new Original(
                        new Position(0, 0),
                        1,
                        1,
                        Instant.parse("0000-01-01T00:00:00Z"),
                        Optional.of(
                                new Original.Source(UUID.fromString("01234567-0123-4123-8123-0123456789ab"), 0, 2))),
                new Original(
                        new Position(most, most),
                        most,
                        most,
                        Instant.parse("9999-12-31T23:59:59.999Z"),
                        Optional.empty()),
                new Original(new Position(most - 1, most - 1), most - 1, 1, Instant.EPOCH, Optional.empty()),
                // Of ledgers of several partitions, as they name their positions.
                new Original(new Position(7, 0, 0), 1, 1, Instant.EPOCH, Optional.empty()),
                new Original(
                        new Position(7, 0, Position.MAX_PARTITION),
                        2,
                        1,
                        Instant.EPOCH,
                        Optional.of(new Original.Source(
                                UUID.fromString("01234567-0123-4123-8123-0123456789ab"), Original.MAX_PARTITION, 2))));
        for (int n = 0; n < originals.size(); n++) {
            append(Append.imported(Events.event(n + 1L, "session"), Optional.of(originals.get(n))));
            assertThat(ledger.log().find(Events.id(n + 1L)).found().flatMap(RecordedEvent::original))
                    .contains(originals.get(n));
        }
    }

    @Test
    void originalsOfManyEventsComeBack() {
        List<Append> appends = LongStream.rangeClosed(1, EventLog.MAX_BATCH)
                .mapToObj(n -> Append.imported(
                        Events.event(n, "session"), n % 3 == 0 ? Optional.empty() : Optional.of(original(n))))
                .toList();
        assertThat(ledger.log().append(appends, Durability.MEMORY).outcomes()).allMatch(Appended.class::isInstance);
        List<EventId> ids = appends.stream().map(a -> a.event().id()).toList();
        Map<EventId, Original> expected = new HashMap<>();
        appends.forEach(
                a -> a.original().ifPresent(original -> expected.put(a.event().id(), original)));
        assertThat(ledger.log().originals(ids)).isEqualTo(expected);
    }

    @Test
    void hostileNamesAreOnlyNames() {
        List<Event> events = new ArrayList<>();
        for (String name : Events.HOSTILE_NAMES) {
            long n = events.size() + 1L;
            events.add(Event.builder(Events.id(n), new EventType("a.b"), Events.BASE, new SessionId(name))
                    .agentId(name)
                    .traceId(name)
                    .toolName(name)
                    .payloadRef(name)
                    .build());
        }
        append(events);
        assertThat(all().stream().map(RecordedEvent::event)).containsExactlyElementsOf(inOrder(events));
        assertThat(all()).allMatch(e -> e.sessionSeq() == 1);
    }

    @Test
    void timesAndIdsAtTheirLimitsComeBack() {
        List<Event> events = new ArrayList<>();
        for (String time : List.of(
                "0000-01-01T00:00:00Z",
                "1582-10-15T00:00:00.001Z",
                "1900-02-28T23:59:59.999Z",
                "1969-12-31T23:59:59.999Z",
                "1970-01-01T00:00:00Z",
                "2000-02-29T12:34:56.789Z",
                "2024-12-31T23:59:59.999Z",
                "9999-12-31T23:59:59.999Z")) {
            Instant at = Instant.parse(time);
            events.add(Event.builder(Events.id(events.size() + 1L), new EventType("a.b"), at, new SessionId("s"))
                    .payloadRef("r".repeat(2048))
                    .endedAt(at)
                    .schemaVersion(Integer.MAX_VALUE)
                    .build());
        }
        for (UUID id : List.of(new UUID(0, 0), new UUID(-1, -1), new UUID(Long.MIN_VALUE, Long.MAX_VALUE))) {
            events.add(Event.builder(new EventId(id), new EventType("a.b"), Events.BASE, new SessionId("s"))
                    .payloadRef("r")
                    .build());
        }
        append(events);
        assertThat(all().stream().map(RecordedEvent::event)).containsExactlyElementsOf(events);
        for (Event event : events) {
            assertThat(ledger.log().find(event.id()).found().map(RecordedEvent::event))
                    .contains(event);
        }
    }
}
