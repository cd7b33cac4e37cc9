// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventFeed.Consumer;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.testing.Events;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link Trimming} must do. */
public abstract class TrimmingContract extends LedgerContract<PartitionFixture> {
    private static final Instant NOON = Instant.parse("2030-03-20T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Instant ALL = Instant.parse("9000-01-01T00:00:00Z");

    /** The trimming of the ledger at a time. */
    protected abstract Trimming at(Instant now);

    private List<RecordedEvent> given(int count, int sessions) {
        append(LongStream.rangeClosed(1, count)
                .mapToObj(n -> Events.event(n, "session-" + n % sessions))
                .toList());
        return all();
    }

    private static Head head(RecordedEvent event) {
        return new Head(event.seq(), event.position());
    }

    private static TrimRule rule(Instant before, String... groups) {
        return new TrimRule(before, Set.of(groups));
    }

    private Fence fence() {
        return at(NOON).lease().take("one", MINUTE).orElseThrow();
    }

    private static List<Position> positions(List<Delivery> deliveries) {
        return deliveries.stream().map(Delivery::position).toList();
    }

    @Test
    void nothingIsTrimmedAtFirst() {
        Trimming trimming = at(NOON);
        assertThat(trimming.trimmed()).isEqualTo(Head.EMPTY);
        TrimRule rule = rule(ALL, "group");
        assertThat(trimming.preview(rule)).isEqualTo(new TrimPreview(0, 0, Head.EMPTY, Optional.empty()));
        assertThat(trimming.step(fence(), rule, 10)).isEqualTo(new TrimStep(0, 0, Head.EMPTY, false, Optional.empty()));
    }

    @Test
    void aStepTakesTheOldestAndNoMoreThanAsked() {
        List<RecordedEvent> events = given(7, 3);
        Trimming trimming = at(NOON);
        Fence fence = fence();
        assertThat(trimming.preview(rule(ALL))).isEqualTo(new TrimPreview(7, 3, head(events.get(6)), Optional.empty()));
        assertThat(trimming.step(fence, rule(ALL), 5))
                .isEqualTo(new TrimStep(5, 1, head(events.get(4)), true, Optional.empty()));
        assertThat(trimming.trimmed()).isEqualTo(head(events.get(4)));
        assertThat(trimming.preview(rule(ALL))).isEqualTo(new TrimPreview(2, 2, head(events.get(6)), Optional.empty()));
        assertThat(trimming.step(fence, rule(ALL), 2))
                .isEqualTo(new TrimStep(2, 2, head(events.get(6)), false, Optional.empty()));
        assertThat(trimming.step(fence, rule(ALL), 2))
                .isEqualTo(new TrimStep(0, 0, head(events.get(6)), false, Optional.empty()));
        assertThat(all()).isEqualTo(events);
        assertThat(ledger.order().head()).isEqualTo(head(events.get(6)));
        assertThatThrownBy(() -> trimming.step(fence, rule(ALL), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> trimming.step(fence, rule(ALL), Trimming.MAX_STEP + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsYoungerStays() {
        List<RecordedEvent> events = given(3, 1);
        Instant first = events.getFirst().recordedAt();
        Instant last = events.getLast().recordedAt();
        Trimming trimming = at(NOON);
        Fence fence = fence();
        assertThat(trimming.step(fence, rule(first), 9))
                .isEqualTo(new TrimStep(0, 0, Head.EMPTY, false, Optional.empty()));
        assertThat(trimming.step(fence, rule(last.plusMillis(1)), 9))
                .isEqualTo(new TrimStep(3, 1, head(events.get(2)), false, Optional.empty()));
    }

    @Test
    void aRequiredGroupThatDoesNotExistLetsNothingGo() {
        List<RecordedEvent> events = given(2, 1);
        Trimming trimming = at(NOON);
        Fence fence = fence();
        Optional<Obstacle> missing = Optional.of(new Obstacle.Missing("group"));
        assertThat(trimming.preview(rule(ALL, "group"))).isEqualTo(new TrimPreview(0, 0, Head.EMPTY, missing));
        assertThat(trimming.step(fence, rule(ALL, "group"), 9))
                .isEqualTo(new TrimStep(0, 0, Head.EMPTY, false, missing));
        assertThat(trimming.step(fence, rule(events.getFirst().recordedAt(), "group"), 9))
                .isEqualTo(new TrimStep(0, 0, Head.EMPTY, false, Optional.empty()));
    }

    /** First what was delivered last, then the first that is pending; parked is finished. */
    @Test
    void nothingGoesThatARequiredGroupHasNotFinished() {
        List<RecordedEvent> events = given(5, 1);
        Trimming trimming = at(NOON);
        Fence fence = fence();
        try (Consumer done = ledger.feed("done", NEVER).open("one");
                Consumer slow = ledger.feed("slow", NEVER).open("one")) {
            done.acknowledge(positions(done.poll(9, Duration.ZERO)));
            List<Delivery> held = slow.poll(3, Duration.ZERO);
            TrimRule rule = rule(ALL, "done", "slow");
            assertThat(trimming.step(fence, rule, 9)).isEqualTo(waiting(0, 0, Head.EMPTY, events.get(0)));
            slow.acknowledge(positions(held.subList(0, 1)));
            assertThat(trimming.preview(rule))
                    .isEqualTo(new TrimPreview(
                            1,
                            0,
                            head(events.get(0)),
                            waiting(1, 0, head(events.get(0)), events.get(1)).obstacle()));
            assertThat(trimming.step(fence, rule, 9)).isEqualTo(waiting(1, 0, head(events.get(0)), events.get(1)));
            slow.acknowledge(positions(held.subList(2, 3)));
            assertThat(trimming.step(fence, rule, 9)).isEqualTo(waiting(0, 0, head(events.get(0)), events.get(1)));
            assertThat(slow.park(held.get(1), new Failure("bad", NOON, 1))).isTrue();
            assertThat(trimming.step(fence, rule, 9)).isEqualTo(waiting(2, 0, head(events.get(2)), events.get(3)));
            slow.acknowledge(positions(slow.poll(9, Duration.ZERO)));
            assertThat(trimming.step(fence, rule, 9))
                    .isEqualTo(new TrimStep(2, 1, head(events.get(4)), false, Optional.empty()));
        }
    }

    private static TrimStep waiting(int entries, int streams, Head through, RecordedEvent first) {
        return new TrimStep(
                entries,
                streams,
                through,
                false,
                Optional.of(new Obstacle.Waiting("slow", through, first.recordedAt())));
    }

    @Test
    void theLeaseIsHeldByOne() {
        Lease lease = at(NOON).lease();
        assertThat(lease.holder()).isEmpty();
        Fence first = lease.take("one", MINUTE).orElseThrow();
        assertThat(lease.holder()).contains(new Lease.Holder("one", first.number(), NOON.plus(MINUTE)));
        assertThat(lease.take("two", MINUTE)).isEmpty();
        lease.release(new Fence("two", first.number()));
        lease.release(new Fence("one", first.number() - 1));
        assertThat(lease.holder()).isPresent();
        lease.release(first);
        assertThat(lease.holder()).isEmpty();
        assertThat(lease.renew(first, MINUTE)).isFalse();
        assertThat(lease.take("two", MINUTE).orElseThrow().number()).isGreaterThan(first.number());
    }

    /** A server was paused for a week, and another one has taken over. */
    @Test
    void whoeverHasLostTheLeaseCannotGoOn() {
        List<RecordedEvent> events = given(4, 1);
        Fence first = fence();
        assertThat(at(NOON).step(first, rule(ALL), 1).entries()).isEqualTo(1);
        assertThat(at(NOON.plusSeconds(59)).lease().renew(first, MINUTE)).isTrue();
        assertThat(at(NOON.plusSeconds(118)).step(first, rule(ALL), 1).entries())
                .isEqualTo(1);

        Instant later = NOON.plus(Duration.ofDays(7));
        assertThatThrownBy(() -> at(later).step(first, rule(ALL), 1)).isInstanceOf(FencedException.class);
        Fence second = at(later).lease().take("two", MINUTE).orElseThrow();
        assertThat(second.number()).isGreaterThan(first.number());
        assertThatThrownBy(() -> at(later).step(first, rule(ALL), 1)).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> at(later).step(new Fence("one", second.number()), rule(ALL), 1))
                .isInstanceOf(FencedException.class);
        assertThat(at(later).lease().renew(first, MINUTE)).isFalse();
        assertThat(at(later).trimmed()).isEqualTo(head(events.get(1)));
        assertThat(at(later).step(second, rule(ALL), 9).through()).isEqualTo(head(events.get(3)));
    }

    @Test
    void aSessionThatWakesGoesOnWithItsNumbers() {
        List<RecordedEvent> events = given(4, 2);
        Fence fence = fence();
        assertThat(at(NOON).step(fence, rule(ALL), 9).sessionStreams()).isEqualTo(2);
        assertThat(append(Events.event(1, "session-1"))).isInstanceOf(AppendOutcome.Duplicate.class);
        assertThat(append(Events.event(1, "session-0"))).isInstanceOf(AppendOutcome.Conflict.class);
        RecordedEvent woken = appended(Events.event(9, "session-0"));
        assertThat(woken.sessionSeq()).isEqualTo(3);
        assertThat(woken.seq()).isEqualTo(5);
        assertThat(at(NOON).step(fence, rule(ALL), 9))
                .isEqualTo(new TrimStep(1, 1, head(woken), false, Optional.empty()));
        assertThat(all()).hasSize(events.size() + 1);
    }

    private static List<RecordedEvent> events(List<Delivery> deliveries) {
        return deliveries.stream().map(d -> ((Delivery.Arrived) d).event()).toList();
    }

    private void trimAll() {
        Fence fence = fence();
        boolean more = true;
        while (more) {
            more = at(NOON).step(fence, rule(ALL), Trimming.MAX_STEP).more();
        }
        at(NOON).lease().release(fence);
        assertThat(at(NOON).trimmed()).isEqualTo(ledger.order().head());
    }

    @Test
    void aGroupThatComesLateIsGivenEverythingInOrder() {
        List<RecordedEvent> events = given(450, 3);
        trimAll();
        EventFeed feed = ledger.feed("late", NEVER);
        assertThat(feed.progress().lag()).isEqualTo(450);
        try (Consumer late = feed.open("one");
                Consumer other = another().feed("late", NEVER).open("two")) {
            List<Delivery> first = late.poll(250, Duration.ZERO);
            assertThat(events(first)).isEqualTo(events.subList(0, 250));
            List<Delivery> second = other.poll(250, Duration.ZERO);
            assertThat(events(second)).isEqualTo(events.subList(250, 450));
            RecordedEvent fresh = appended(Events.event(1000, "fresh"));
            assertThat(feed.progress().pending()).isEqualTo(450);
            assertThat(feed.progress().seenThroughSeq()).isZero();
            late.acknowledge(positions(first));
            assertThat(feed.progress().seenThrough()).isEqualTo(events.get(249).position());
            assertThat(feed.progress().waitingSince()).contains(events.get(250).recordedAt());
            other.acknowledge(positions(second));
            assertThat(feed.progress().lag()).isEqualTo(1);
            List<Delivery> last = late.poll(9, Duration.ZERO);
            assertThat(events(last)).containsExactly(fresh);
            late.acknowledge(positions(last));
            assertThat(late.poll(9, Duration.ZERO)).isEmpty();
            assertThat(feed.progress().lag()).isZero();
            trimAll();
            assertThat(late.poll(9, Duration.ZERO)).isEmpty();
            assertThat(other.poll(9, Duration.ZERO)).isEmpty();
        }
    }

    /** It is given what was trimmed little by little. */
    @Test
    void howFarAGroupHasComeIsKnownWhileItCatchesUp() {
        List<RecordedEvent> events = given(450, 3);
        trimAll();
        EventFeed feed = ledger.feed("late", NEVER);
        try (Consumer late = feed.open("one")) {
            List<Delivery> some = late.poll(10, Duration.ZERO);
            assertThat(feed.progress().seenThroughSeq()).isZero();
            late.acknowledge(positions(some.subList(0, 7)));
            assertThat(feed.progress().seenThroughSeq()).isEqualTo(7);
            assertThat(feed.progress().waitingSince()).contains(events.get(7).recordedAt());
            late.acknowledge(positions(some));
            assertThat(feed.progress().seenThroughSeq()).isEqualTo(10);
            assertThat(feed.progress().seenThrough()).isEqualTo(events.get(9).position());
            late.acknowledge(positions(late.poll(300, Duration.ZERO)));
            assertThat(feed.progress().seenThroughSeq()).isEqualTo(310);
        }
    }

    /** It was not asked: what it held and what it had not been given are delivered from the documents. */
    @Test
    void aGroupThatWasPassedLosesNothing() {
        List<RecordedEvent> events = given(6, 2);
        EventFeed feed = ledger.feed("passed", NEVER);
        try (Consumer consumer = feed.open("one")) {
            List<Delivery> held = consumer.poll(2, Duration.ZERO);
            consumer.acknowledge(positions(held.subList(1, 2)));
            trimAll();
            assertThat(feed.progress().seenThroughSeq()).isZero();
            assertThat(feed.progress().pending()).isEqualTo(1);
            List<Delivery> rest = consumer.poll(9, Duration.ZERO);
            assertThat(events(rest))
                    .containsExactly(events.get(0), events.get(2), events.get(3), events.get(4), events.get(5));
            assertThat(consumer.park(rest.get(1), new Failure("bad", NOON, 1))).isTrue();
            assertThat(consumer.park(rest.get(1), new Failure("bad", NOON, 1))).isFalse();
            assertThat(ledger.parking().list(Optional.empty(), 9))
                    .singleElement()
                    .satisfies(parked -> assertThat(parked.event()).contains(events.get(2)));
            rest.stream()
                    .filter(delivery -> !delivery.equals(rest.get(1)))
                    .forEach(delivery -> consumer.acknowledge(List.of(delivery.position())));
            assertThat(feed.progress().lag()).isZero();
            RecordedEvent fresh = appended(Events.event(1000, "fresh"));
            assertThat(events(consumer.poll(9, Duration.ZERO))).containsExactly(fresh);
        }
    }
}
