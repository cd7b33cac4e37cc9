// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.EventFeed.Consumer;
import io.contextgraph.testing.Events;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link Parking} must do. */
public abstract class ParkingContract extends LedgerContract<PartitionFixture> {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Instant FIRST = Instant.parse("2026-01-31T12:00:00.123Z");
    private static final Failure FAILURE = new Failure("refused: \"quoted\" {}\n*", FIRST, 5);

    private List<RecordedEvent> given(int count) {
        append(LongStream.rangeClosed(1, count)
                .mapToObj(n -> Events.full(n, "session-" + n % 2))
                .toList());
        return all();
    }

    private List<ParkedEntry> parked() {
        return ledger.parking().list(Optional.empty(), 100);
    }

    private static List<EventId> ids(List<ParkedEntry> entries) {
        return entries.stream().map(entry -> entry.eventId().orElseThrow()).toList();
    }

    @Test
    void whatIsParkedIsKeptWithTheReasonAndNotDeliveredAgain() {
        List<RecordedEvent> events = given(3);
        Instant before = Instant.now().minusSeconds(5);
        try (Consumer consumer = ledger.feed("group", NEVER).open("one")) {
            List<Delivery> got = consumer.poll(3, Duration.ZERO);

            assertThat(consumer.park(got.get(1), FAILURE)).isTrue();

            assertThat(consumer.poll(3, Duration.ZERO).stream().map(Delivery::position))
                    .containsExactly(events.get(0).position(), events.get(2).position());
        }
        assertThat(parked()).hasSize(1);
        ParkedEntry entry = parked().getFirst();
        assertThat(entry)
                .isEqualTo(new ParkedEntry(
                        entry.id(),
                        "group",
                        events.get(1).position(),
                        Optional.of(events.get(1).event().id()),
                        FAILURE,
                        entry.parkedAt(),
                        entry.fields(),
                        Optional.of(events.get(1))));
        assertThat(entry.fields()).isNotEmpty();
        assertThat(entry.parkedAt()).isBetween(before, Instant.now().plusSeconds(5));
        assertThat(ledger.parking().find(entry.id())).contains(entry);
        assertThat(another().parking().list(Optional.empty(), 10)).containsExactly(entry);
        assertThat(ParkedId.parse(entry.id().toString())).contains(entry.id());
    }

    @Test
    void whatIsParkedHoldsNobodyUpAndIsCounted() {
        List<RecordedEvent> events = given(3);
        EventFeed feed = ledger.feed("group", NEVER);
        Head head = ledger.order().head();
        try (Consumer consumer = feed.open("one")) {
            List<Delivery> got = consumer.poll(2, Duration.ZERO);
            consumer.park(got.get(0), FAILURE);
            Instant second = events.get(1).recordedAt();
            Instant third = events.get(2).recordedAt();

            assertThat(feed.progress())
                    .isEqualTo(new EventFeed.Progress(events.get(0).position(), 1, 1, 1, Optional.of(second), head));
            consumer.acknowledge(List.of(got.get(1).position()));
            assertThat(feed.progress())
                    .isEqualTo(new EventFeed.Progress(events.get(1).position(), 2, 0, 1, Optional.of(third), head));
            assertThat(another().feed("group", NEVER).progress().parked()).isEqualTo(1);
            assertThat(ledger.feed("other", NEVER).progress().parked()).isZero();

            assertThat(ledger.parking().release(parked().getFirst().id())).isTrue();
            assertThat(feed.progress().parked()).isZero();
        }
    }

    @Test
    void anEntryIsParkedOnceAndOnlyWhileTheGroupWaitsForIt() {
        given(2);
        EventFeed patient = ledger.feed("group", NEVER);
        try (Consumer one = patient.open("one");
                Consumer heir = ledger.feed("group", Duration.ZERO).open("heir")) {
            List<Delivery> got = one.poll(2, Duration.ZERO);
            assertThat(heir.poll(2, Duration.ZERO)).hasSize(2);
            assertThat(heir.park(got.get(0), FAILURE)).isTrue();
            assertThat(one.park(got.get(0), FAILURE)).isFalse();
            heir.acknowledge(List.of(got.get(1).position()));
            assertThat(one.park(got.get(1), FAILURE)).isFalse();
        }
        assertThat(parked()).hasSize(1);
        assertThat(patient.progress().parked()).isEqualTo(1);
    }

    @Test
    void groupsParkOnTheirOwn() {
        List<RecordedEvent> events = given(1);
        try (Consumer one = ledger.feed("group", NEVER).open("one");
                Consumer other = ledger.feed("other", NEVER).open("one")) {
            one.park(one.poll(1, Duration.ZERO).getFirst(), FAILURE);
            assertThat(other.poll(1, Duration.ZERO).stream().map(Delivery::position))
                    .containsExactly(events.getFirst().position());
            other.park(other.poll(1, Duration.ZERO).getFirst(), FAILURE);
        }
        assertThat(parked().stream().map(ParkedEntry::group)).containsExactly("group", "other");
    }

    @Test
    void pagesFollowTheOrderOfParking() {
        List<RecordedEvent> events = given(5);
        try (Consumer consumer = ledger.feed("group", NEVER).open("one")) {
            List<Delivery> got = consumer.poll(5, Duration.ZERO);
            for (int i : new int[] {3, 0, 4, 1, 2}) {
                consumer.park(got.get(i), FAILURE);
            }
        }
        List<ParkedEntry> first = ledger.parking().list(Optional.empty(), 2);
        List<ParkedEntry> second =
                ledger.parking().list(Optional.of(first.getLast().id()), 2);
        List<ParkedEntry> third =
                ledger.parking().list(Optional.of(second.getLast().id()), 2);
        List<EventId> all = events.stream().map(event -> event.event().id()).toList();
        assertThat(ids(first)).containsExactly(all.get(3), all.get(0));
        assertThat(ids(second)).containsExactly(all.get(4), all.get(1));
        assertThat(ids(third)).containsExactly(all.get(2));
        assertThat(ledger.parking().list(Optional.of(third.getLast().id()), 2)).isEmpty();
    }

    @Test
    void whatIsReleasedIsForgotten() {
        given(2);
        try (Consumer consumer = ledger.feed("group", NEVER).open("one")) {
            consumer.poll(2, Duration.ZERO).forEach(delivery -> consumer.park(delivery, FAILURE));
        }
        List<ParkedEntry> both = parked();

        assertThat(ledger.parking().release(both.getFirst().id())).isTrue();
        assertThat(ledger.parking().release(both.getFirst().id())).isFalse();

        assertThat(parked()).containsExactly(both.getLast());
        assertThat(ledger.parking().find(both.getFirst().id())).isEmpty();
        assertThat(ledger.parking().dropped(Optional.empty(), 10)).isEmpty();
        assertThat(ledger.feed("group", NEVER).progress().parked()).isEqualTo(1);
    }

    @Test
    void whatIsDroppedIsRecorded() {
        given(3);
        try (Consumer consumer = ledger.feed("group", NEVER).open("one")) {
            consumer.poll(3, Duration.ZERO).forEach(delivery -> consumer.park(delivery, FAILURE));
        }
        List<ParkedEntry> entries = parked();
        Instant before = Instant.now().minusSeconds(5);

        assertThat(ledger.parking().drop(entries.get(2).id(), "not \"ours\"")).isTrue();
        assertThat(ledger.parking().drop(entries.get(0).id(), "ticket 7")).isTrue();
        assertThat(ledger.parking().drop(entries.get(0).id(), "again")).isFalse();

        assertThat(parked()).containsExactly(entries.get(1));
        List<DroppedEntry> records = ledger.parking().dropped(Optional.empty(), 10);
        assertThat(records).hasSize(2);
        assertThat(records)
                .containsExactly(
                        new DroppedEntry(
                                records.get(0).id(),
                                entries.get(2),
                                "not \"ours\"",
                                records.get(0).droppedAt()),
                        new DroppedEntry(
                                records.get(1).id(),
                                entries.get(0),
                                "ticket 7",
                                records.get(1).droppedAt()));
        assertThat(records.getFirst().droppedAt())
                .isBetween(before, Instant.now().plusSeconds(5));
        assertThat(ledger.parking().dropped(Optional.empty(), 1)).containsExactly(records.get(0));
        assertThat(ledger.parking().dropped(Optional.of(records.get(0).id()), 1))
                .containsExactly(records.get(1));
        assertThat(ledger.feed("group", NEVER).progress().parked()).isEqualTo(1);
    }

    @Test
    void whatIsNotParkedIsNotThere() {
        ParkedId nobody = new ParkedId(new Position(1, 1));
        assertThat(parked()).isEmpty();
        assertThat(ledger.parking().find(nobody)).isEmpty();
        assertThat(ledger.parking().release(nobody)).isFalse();
        assertThat(ledger.parking().drop(nobody, "reason")).isFalse();
        assertThat(ledger.parking().dropped(Optional.empty(), 10)).isEmpty();
        assertThat(ParkedId.parse("no id")).isEmpty();
    }

    @Test
    void aLongReasonIsCut() {
        given(1);
        try (Consumer consumer = ledger.feed("group", NEVER).open("one")) {
            consumer.park(consumer.poll(1, Duration.ZERO).getFirst(), new Failure("x".repeat(10_000), FIRST, 1));
        }
        assertThat(parked().getFirst().failure().reason()).isEqualTo("x".repeat(Failure.MAX_REASON - 3) + "...");
    }

    /** As a client may say it: an id of a ledger of several partitions. */
    @Test
    void anIdOfAnotherLedgerIsNotThere() {
        ParkedId elsewhere = new ParkedId(new Position(1, 0, 7));
        assertThat(ledger.parking().find(elsewhere)).isEmpty();
        assertThat(ledger.parking().release(elsewhere)).isFalse();
        assertThat(ledger.parking().drop(elsewhere, "why not")).isFalse();
        assertThat(ledger.parking().list(Optional.of(elsewhere), 10)).isEmpty();
    }
}
