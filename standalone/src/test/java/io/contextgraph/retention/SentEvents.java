// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Receipt;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Lookup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * What is sent to the ledger: new events; again what is hot and what is cold, the same or with another content under its id;
 * and, late, what has left long ago. Each answer is held against the book.
 */
final class SentEvents {
    private final CeilingDays days;
    private final Random random;
    private int duplicates;
    private int conflicts;
    private int gone;
    private int forgotten;
    private int asked;
    private int returned;

    SentEvents(CeilingDays days, Random random) {
        this.days = days;
        this.random = random;
    }

    String summary() {
        return duplicates + " sent twice, " + conflicts + " in conflict, " + gone + " sent when they were gone, "
                + forgotten + " of them known by the archive alone, " + returned + " sent when they were back; " + asked
                + " looked up by id";
    }

    /** In some batches, each mixed with what was sent before; some of the same millisecond. */
    void send(List<Event> events) {
        for (int from = 0; from < events.size(); ) {
            int to = Math.min(events.size(), from + 1 + random.nextInt(5));
            List<Event> some = new ArrayList<>(events.subList(from, to));
            for (int i = random.nextInt(4); i > 0 && !days.book.events().isEmpty(); i--) {
                some.add(again());
            }
            Collections.shuffle(some, random);
            batch(some);
            from = to;
            if (random.nextBoolean()) {
                days.clock.advance(Duration.ofMillis(1 + random.nextInt(1000)));
            }
        }
    }

    /** Something that was sent before: any of it, or, where there is some, what is gone; now and then with another content. */
    private Event again() {
        List<Long> left = new ArrayList<>(days.ceiling.gone());
        int seq = 1 + random.nextInt(days.book.events().size());
        if (!left.isEmpty() && random.nextBoolean()) {
            seq = Math.toIntExact(left.get(random.nextInt(left.size())));
        }
        Event event = days.book.event(seq).event();
        if (random.nextInt(5) != 0) {
            return event;
        }
        Event.Builder other = Event.builder(event.id(), event.type(), event.occurredAt(), event.sessionId())
                .agentId(event.agentId())
                .traceId("another trace")
                .payloadRef(event.payloadRef());
        return other.build();
    }

    /** What has come back, once more: a duplicate, as if it had never been away. */
    void returned(List<RecordedEvent> events) {
        for (RecordedEvent event : events) {
            assertThat(Reaching.reach(() -> days.ledger.log().find(event.event().id())))
                    .as("event " + event.seq() + ", which is back")
                    .isEqualTo(new Lookup.Found(event));
        }
        if (!events.isEmpty()) {
            batch(events.stream().map(RecordedEvent::event).toList());
            returned += events.size();
        }
    }

    private void batch(List<Event> events) {
        List<Append> appends = events.stream().map(Append::of).toList();
        List<AppendOutcome> outcomes = Reaching.reach(() -> days.ledger.log().append(appends, Durability.MEMORY))
                .outcomes();
        assertThat(outcomes).hasSameSizeAs(events);
        Instant now = days.clock.instant();
        for (int i = 0; i < events.size(); i++) {
            AppendOutcome expected = expected(events.get(i), now);
            assertThat(outcomes.get(i)).isEqualTo(forgottenMeanwhile(expected, outcomes.get(i), now));
        }
    }

    private AppendOutcome expected(Event event, Instant now) {
        RecordedEvent booked = booked(event.id()).orElse(null);
        if (booked == null) {
            return new AppendOutcome.Appended(event.id(), receipt(days.book.append(event, now)));
        }
        if (days.book.isGone(booked.seq())) {
            gone++;
            forgotten += days.ceiling.isRemembered(booked.seq()) ? 0 : 1;
            return new AppendOutcome.Gone(event.id(), told(booked));
        }
        if (!booked.contentHash().equals(EventJson.hash(event))) {
            conflicts++;
            return new AppendOutcome.Conflict(event.id(), booked.contentHash(), EventJson.hash(event));
        }
        duplicates++;
        return new AppendOutcome.Duplicate(event.id(), receipt(booked));
    }

    /** A run that was broken off may have come so far that the ledger has forgotten it: then the archive tells of it. */
    private AppendOutcome forgottenMeanwhile(AppendOutcome expected, AppendOutcome found, Instant now) {
        if (expected instanceof AppendOutcome.Gone told && !found.equals(expected)) {
            RecordedEvent booked = booked(told.eventId()).orElseThrow();
            if (days.ceiling.mayBeForgotten(booked.seq(), now)) {
                return new AppendOutcome.Gone(told.eventId(), toldByArchive(booked));
            }
        }
        return expected;
    }

    private Optional<RecordedEvent> booked(EventId id) {
        return days.book.events().stream()
                .filter(known -> known.event().id().equals(id))
                .findFirst();
    }

    private static Receipt receipt(RecordedEvent booked) {
        return new Receipt(booked.position(), booked.seq(), booked.sessionSeq(), booked.recordedAt());
    }

    /** What is told of an event that has left: by the ledger, or, when that has forgotten it, by the archive. */
    Lookup.Gone told(RecordedEvent booked) {
        return days.ceiling.isRemembered(booked.seq())
                ? new Lookup.Gone(
                        days.ceiling.goneAt(booked.seq()),
                        days.ceiling.rule(),
                        days.archive.of(booked.seq()).orElseThrow().segment())
                : toldByArchive(booked);
    }

    private Lookup.Gone toldByArchive(RecordedEvent booked) {
        ArchiveFiles.Found segment = days.archive.of(booked.seq()).orElseThrow();
        return new Lookup.Gone(segment.writtenAt(), "archived", segment.segment());
    }

    /** Each event by its id, and some that never were. */
    void byId() {
        for (RecordedEvent event : days.book.events()) {
            Lookup found =
                    Reaching.reach(() -> days.ledger.log().find(event.event().id()));
            assertThat(found)
                    .as("event " + event.seq())
                    .isEqualTo(days.book.isGone(event.seq()) ? told(event) : new Lookup.Found(event));
            asked++;
        }
    }
}
