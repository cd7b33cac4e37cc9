// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Delivery.Arrived;
import io.contextgraph.ledger.EventFeed.Consumer;
import io.contextgraph.ledger.EventFeed.Progress;
import io.contextgraph.testing.Events;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every {@link EventFeed} must do. */
public abstract class EventFeedContract extends LedgerContract<PartitionFixture> {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration AT_ONCE = Duration.ZERO;

    private List<RecordedEvent> given(int count) {
        List<Event> events = LongStream.rangeClosed(1, count)
                .mapToObj(n -> Events.full(n, "session-" + n % 2))
                .toList();
        append(events);
        return all();
    }

    private static List<Delivery> deliveries(List<RecordedEvent> events, long attempt) {
        return events.stream().map(e -> (Delivery) new Arrived(e, attempt)).toList();
    }

    private static List<Position> positions(List<RecordedEvent> events) {
        return events.stream().map(RecordedEvent::position).toList();
    }

    @Test
    void aNewGroupBeginsAtTheFirstEvent() {
        List<RecordedEvent> events = given(5);
        try (Consumer consumer = ledger.feed("group", NEVER).open("one")) {
            assertThat(consumer.poll(10, Duration.ZERO)).isEqualTo(deliveries(events, 1));
            consumer.acknowledge(positions(events));
            assertThat(consumer.poll(10, Duration.ZERO)).isEmpty();
            assertThat(consumer.poll(10, Duration.ofMillis(20))).isEmpty();
        }
    }

    @Test
    void aGroupMayBeginBeforeTheLedger() {
        try (Consumer consumer = ledger.feed("group", NEVER).open("one")) {
            assertThat(consumer.poll(10, Duration.ZERO)).isEmpty();
            List<RecordedEvent> events = given(3);
            assertThat(consumer.poll(10, Duration.ofMillis(500))).isEqualTo(deliveries(events, 1));
        }
    }

    @Test
    void aPollTakesNoMoreThanAsked() {
        List<RecordedEvent> events = given(5);
        try (Consumer consumer = ledger.feed("group", NEVER).open("one")) {
            assertThatThrownBy(() -> consumer.poll(0, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
            List<Delivery> got = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                List<Delivery> some = consumer.poll(2, Duration.ZERO);
                assertThat(some).hasSize(i < 2 ? 2 : 1);
                got.addAll(some);
                consumer.acknowledge(some.stream().map(Delivery::position).toList());
            }
            assertThat(got).isEqualTo(deliveries(events, 1));
        }
    }

    @Test
    void whatIsNotAcknowledgedComesAgainBeforeWhatIsNew() {
        List<RecordedEvent> events = given(6);
        try (Consumer consumer = ledger.feed("group", NEVER).open("one")) {
            assertThat(consumer.poll(4, Duration.ZERO)).isEqualTo(deliveries(events.subList(0, 4), 1));
            consumer.acknowledge(positions(List.of(events.get(0), events.get(2))));
            assertThat(consumer.poll(1, Duration.ZERO)).isEqualTo(deliveries(List.of(events.get(1)), 2));
            List<Delivery> expected = new ArrayList<>();
            expected.add(new Arrived(events.get(1), 3));
            expected.add(new Arrived(events.get(3), 2));
            expected.add(new Arrived(events.get(4), 1));
            assertThat(consumer.poll(3, Duration.ZERO)).isEqualTo(expected);
        }
    }

    @Test
    void aRestartUnderTheSameNameGoesOnWithWhatItHeld() {
        List<RecordedEvent> events = given(4);
        try (Consumer consumer = ledger.feed("group", NEVER).open("one")) {
            assertThat(consumer.poll(2, Duration.ZERO)).isEqualTo(deliveries(events.subList(0, 2), 1));
        }
        try (Consumer again = another().feed("group", NEVER).open("one")) {
            List<Delivery> expected = new ArrayList<>(deliveries(events.subList(0, 2), 2));
            expected.addAll(deliveries(events.subList(2, 4), 1));
            assertThat(again.poll(10, Duration.ZERO)).isEqualTo(expected);
        }
    }

    @Test
    void consumersOfAGroupShareAndGroupsDoNot() {
        List<RecordedEvent> events = given(6);
        EventFeed feed = ledger.feed("group", NEVER);
        try (Consumer one = feed.open("one");
                Consumer two = another().feed("group", NEVER).open("two");
                Consumer other = ledger.feed("other", NEVER).open("one")) {
            assertThat(one.poll(2, Duration.ZERO)).isEqualTo(deliveries(events.subList(0, 2), 1));
            assertThat(two.poll(2, Duration.ZERO)).isEqualTo(deliveries(events.subList(2, 4), 1));
            assertThat(other.poll(10, Duration.ZERO)).isEqualTo(deliveries(events, 1));
            one.acknowledge(positions(events.subList(0, 2)));
            assertThat(one.poll(10, Duration.ZERO)).isEqualTo(deliveries(events.subList(4, 6), 1));
            assertThat(two.poll(10, Duration.ZERO)).isEqualTo(deliveries(events.subList(2, 4), 2));
        }
    }

    @Test
    void idleEntriesAreTakenOverAfterOnesOwn() {
        List<RecordedEvent> events = given(7);
        try (Consumer dead = ledger.feed("group", NEVER).open("dead");
                Consumer patient = ledger.feed("group", NEVER).open("patient");
                Consumer heir = another().feed("group", AT_ONCE).open("heir")) {
            assertThat(dead.poll(2, Duration.ZERO)).isEqualTo(deliveries(events.subList(0, 2), 1));
            assertThat(patient.poll(1, Duration.ZERO)).isEqualTo(deliveries(events.subList(2, 3), 1));
            patient.acknowledge(positions(events.subList(2, 3)));

            List<Delivery> expected = new ArrayList<>(deliveries(events.subList(0, 2), 2));
            expected.addAll(deliveries(events.subList(3, 6), 1));
            assertThat(heir.poll(5, Duration.ZERO)).isEqualTo(expected);

            assertThat(dead.poll(1, Duration.ZERO)).isEqualTo(deliveries(events.subList(6, 7), 1));
            heir.acknowledge(positions(events.subList(0, 5)));
            List<Delivery> own = new ArrayList<>(deliveries(events.subList(5, 6), 2));
            own.addAll(deliveries(events.subList(6, 7), 2));
            assertThat(heir.poll(5, Duration.ZERO)).isEqualTo(own);
        }
    }

    @Test
    void acknowledgingIsForEverAndHarmlessToRepeat() {
        List<RecordedEvent> events = given(3);
        try (Consumer one = ledger.feed("group", NEVER).open("one");
                Consumer two = ledger.feed("group", AT_ONCE).open("two")) {
            assertThat(one.poll(3, Duration.ZERO)).isEqualTo(deliveries(events, 1));
            one.acknowledge(List.of());
            one.acknowledge(List.of(new Position(1, 1)));
            two.acknowledge(positions(events.subList(0, 2)));
            one.acknowledge(positions(events.subList(0, 2)));
            assertThat(one.poll(3, Duration.ZERO)).isEqualTo(deliveries(events.subList(2, 3), 2));
            one.acknowledge(positions(events));
            assertThat(one.poll(3, Duration.ZERO)).isEmpty();
            assertThat(two.poll(3, Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void progressTellsHowFarTheGroupHasCome() {
        EventFeed feed = ledger.feed("group", NEVER);
        assertThat(feed.progress()).isEqualTo(progress(Position.START, 0, 0, Head.EMPTY, null));
        List<RecordedEvent> events = given(5);
        Head head = ledger.order().head();
        assertThat(feed.progress()).isEqualTo(progress(Position.START, 0, 0, head, events.get(0)));
        assertThat(feed.progress().lag()).isEqualTo(5);
        try (Consumer consumer = feed.open("one")) {
            assertThat(consumer.poll(4, Duration.ZERO)).isEqualTo(deliveries(events.subList(0, 4), 1));
            assertThat(feed.progress()).isEqualTo(progress(Position.START, 0, 4, head, events.get(0)));

            consumer.acknowledge(positions(List.of(events.get(0), events.get(2))));
            assertThat(feed.progress()).isEqualTo(progress(events.get(0).position(), 1, 2, head, events.get(1)));

            consumer.acknowledge(positions(List.of(events.get(1))));
            assertThat(feed.progress()).isEqualTo(progress(events.get(2).position(), 3, 1, head, events.get(3)));

            consumer.acknowledge(positions(List.of(events.get(3))));
            assertThat(feed.progress()).isEqualTo(progress(events.get(3).position(), 4, 0, head, events.get(4)));
            assertThat(another().feed("group", NEVER).progress().lag()).isEqualTo(1);

            assertThat(consumer.poll(4, Duration.ZERO)).isEqualTo(deliveries(events.subList(4, 5), 1));
            consumer.acknowledge(positions(events.subList(4, 5)));
            assertThat(feed.progress()).isEqualTo(progress(head.position(), 5, 0, head, null));
            assertThat(feed.progress().lag()).isZero();
        }
    }

    private static Progress progress(
            Position through, long seq, long pending, Head head, @Nullable RecordedEvent waiting) {
        Optional<Instant> since = Optional.ofNullable(waiting).map(RecordedEvent::recordedAt);
        return new Progress(through, seq, pending, 0, since, head);
    }

    @Test
    void lagIsMeasuredFromTheFirstEventThatIsNotFinished() {
        List<RecordedEvent> events = given(2);
        EventFeed feed = ledger.feed("group", NEVER);
        Instant now = events.getFirst().recordedAt().plusSeconds(60);
        assertThat(feed.progress().lagTime(now)).isEqualTo(Duration.ofMinutes(1));
        assertThat(feed.progress().pendingAge(now)).isZero();
        try (Consumer consumer = feed.open("one")) {
            assertThat(consumer.poll(2, Duration.ZERO)).hasSize(2);
            assertThat(feed.progress().pendingAge(now)).isEqualTo(Duration.ofMinutes(1));
            assertThat(feed.progress().lagTime(Instant.EPOCH)).isZero();
            consumer.acknowledge(positions(events));
            assertThat(feed.progress().lagTime(now)).isZero();
            assertThat(feed.progress().pendingAge(now)).isZero();
        }
    }
}
