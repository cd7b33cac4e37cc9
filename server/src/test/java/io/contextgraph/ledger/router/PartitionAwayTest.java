// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.ErasureRecords;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.FailingPorts;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One partition of three is away: what needs it fails and names it, everything else goes on. */
class PartitionAwayTest {
    private static final int AWAY = 1;

    private final FailingPorts failing = new FailingPorts();
    private final List<Partition> parts = IntStream.range(0, 3)
            .mapToObj(n -> n == AWAY ? failing.of(memory()) : memory())
            .toList();
    private final PartitionedLedger ledger = new PartitionedLedger(parts);

    private static Partition memory() {
        return new InMemoryLedger(Clock.systemUTC());
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    /** The first session that a partition has. */
    private String session(int partition) {
        return IntStream.iterate(0, n -> n + 1)
                .mapToObj(n -> "session-" + n)
                .filter(name -> ledger.partitionOf(new SessionId(name)).number() == partition)
                .findFirst()
                .orElseThrow();
    }

    private AppendResult append(Event... events) {
        List<Append> appends = List.of(events).stream().map(Append::of).toList();
        return ledger.log().append(appends, Durability.MEMORY);
    }

    private void goAway() {
        failing.failWith(new LedgerException(Reason.UNAVAILABLE, "Redis does not answer"));
    }

    private static void namesIt(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(LedgerException.class, e -> {
            assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(e.told()).contains("partition 1: the store does not answer");
        });
    }

    @Test
    void itsSessionsFailAndAllOthersGoOn() {
        goAway();
        namesIt(() -> append(Events.event(1, session(AWAY))));
        namesIt(() -> ledger.sessions().find(new SessionId(session(AWAY))));
        for (int there : List.of(0, 2)) {
            assertThat(append(Events.event(10 + there, session(there))).outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Appended.class);
            assertThat(ledger.sessions().find(new SessionId(session(there)))).isPresent();
            assertThat(ledger.search()
                            .search(EventQuery.builder()
                                    .sessionId(new SessionId(session(there)))
                                    .build())
                            .events())
                    .hasSize(1);
        }
    }

    @Test
    void ofABatchThoseOfItsSessionsAreRefusedAlone() {
        goAway();
        AppendResult result = append(
                Events.event(1, session(0)),
                Events.event(2, session(AWAY)),
                Events.event(3, session(2)),
                Events.event(4, session(AWAY)));
        AppendOutcome refused =
                new AppendOutcome.Refused(Events.id(2), Reason.UNAVAILABLE, "partition 1: the store does not answer");
        assertThat(result.outcomes().get(0)).isInstanceOf(AppendOutcome.Appended.class);
        assertThat(result.outcomes().get(1)).isEqualTo(refused);
        assertThat(result.outcomes().get(2)).isInstanceOf(AppendOutcome.Appended.class);
        assertThat(result.outcomes().get(3)).isInstanceOf(AppendOutcome.Refused.class);
        assertThat(result.reached()).isEqualTo(Durability.MEMORY);

        failing.recover();
        List<AppendOutcome> again = append(Events.event(1, session(0)), Events.event(2, session(AWAY)))
                .outcomes();
        assertThat(again.get(0)).isInstanceOf(AppendOutcome.Duplicate.class);
        assertThat(again.get(1)).isInstanceOf(AppendOutcome.Appended.class);
    }

    /** What was asked for cannot be had anywhere: that is no matter of single events. */
    @Test
    void whatNoPartitionCanDoFailsAsAWhole() {
        Append one = Append.of(Events.event(1, session(0)));
        Append two = Append.of(Events.event(2, session(2)));
        assertThatThrownBy(() -> ledger.log().append(List.of(one, two), Durability.FSYNC))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DURABILITY_UNSUPPORTED));
    }

    @Test
    void aStreamOfAppendsEndsWithIt() {
        AppendStream stream = ledger.log().stream(Durability.MEMORY);
        Append there = Append.of(Events.event(1, session(0)));
        assertThat(stream.write(List.of(there)).await().outcomes()).hasSize(1);
        goAway();
        AppendStream.Written mixed = stream.write(
                List.of(Append.of(Events.event(2, session(AWAY))), Append.of(Events.event(3, session(2)))));
        namesIt(mixed::await);
        namesIt(() -> stream.write(List.of(there)));
    }

    @Test
    void whatIsAskedOfAllIsCompleteOrFails() {
        append(Events.event(1, session(0)), Events.event(2, session(AWAY)), Events.event(3, session(2)));
        goAway();
        namesIt(() -> ledger.search().search(EventQuery.builder().build()));
        namesIt(() -> ledger.sessions().list(10, Optional.empty()));
        namesIt(() -> ledger.parking().list(Optional.empty(), 10));
        namesIt(() -> ledger.log().payloads(List.of(Events.id(1))));
        namesIt(() -> ledger.log().originals(List.of(Events.id(1))));
        // An event that another one has is found all the same; that none has it can nobody say.
        assertThat(ledger.log().find(Events.id(3)).found()).isPresent();
        namesIt(() -> ledger.log().find(Events.id(2)));
        namesIt(() -> ledger.log().find(Events.id(99)));
        // A page that has begun does not skip it either.
        failing.recover();
        EventQuery query = EventQuery.builder().limit(1).build();
        EventPage page = ledger.search().search(query);
        goAway();
        namesIt(() -> ledger.search().search(query.withCursor(page.next().orElseThrow())));
    }

    @Test
    void aFenceIsRaisedWhereItCanBeAndAgainWhenAllAreThere() {
        SubjectPseudonym one = Events.pseudonym(1);
        append(Events.about(1, session(0), 1, 1), Events.about(2, session(AWAY), 1, 1));
        PersonalEvents away = ledger.partitions().get(AWAY).personal();
        ErasureRecords records = away.erasures();
        goAway();
        namesIt(() -> ledger.personal().raise(one, 3));
        namesIt(() -> ledger.personal().fence(one));
        namesIt(() -> ledger.personal().count(one));
        for (int there : List.of(0, 2)) {
            assertThat(parts.get(there).personal().fence(one)).hasValue(3);
            assertThat(append(Events.about(10 + there, session(there), 1, 3)).outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Fenced.class);
        }
        namesIt(() -> away.events(one, 0, 10));
        namesIt(() -> away.forget(one, List.of(new PersonalEvent(1, Events.id(2)))));
        namesIt(() -> records.open());
        namesIt(() -> records.find(one));
        namesIt(() -> records.put(List.of(one), "begun", true));
        // What is remembered of erasures is in the first.
        ledger.personal().erasures().put(List.of(one), "begun", true);
        assertThat(parts.getFirst().personal().erasures().find(one)).contains("begun");
        failing.recover();
        assertThat(ledger.personal().fence(one)).isEmpty();
        assertThat(ledger.personal().raise(one, 3)).isEqualTo(3);
        assertThat(ledger.personal().fence(one)).hasValue(3);
        assertThat(ledger.personal().count(one)).isEqualTo(2);
    }

    @Test
    void positionsNameTheirPartition() {
        List<RecordedEvent> found = new ArrayList<>();
        for (int partition = 0; partition < 3; partition++) {
            AppendOutcome.Appended appended =
                    (AppendOutcome.Appended) append(Events.event(partition + 1, session(partition)))
                            .outcomes()
                            .getFirst();
            Position position = appended.receipt().position();
            assertThat(position.partition()).isEqualTo(partition);
            assertThat(position.toString()).endsWith("@" + partition);
            assertThat(Position.of(position.toString())).isEqualTo(position);
            assertThat(appended.receipt().seq()).isEqualTo(1);
            RecordedEvent event = ledger.log().find(appended.eventId()).found().orElseThrow();
            assertThat(event.position()).isEqualTo(position);
            assertThat(ledger.partitions().get(partition).order().read(0, 10)).containsExactly(event);
            // To itself a partition is a whole ledger.
            assertThat(parts.get(partition).order().read(0, 10)).containsExactly(event.at(position.in(Position.WHOLE)));
            found.add(event);
        }
        assertThat(ledger.log().withOriginals(found)).isEqualTo(found);
        EventPage page = ledger.search().search(EventQuery.builder().build());
        assertThat(page.events()).isEqualTo(found);
        assertThat(page.scopes().stream().map(EventPage.Scope::asOf))
                .isEqualTo(found.stream().map(RecordedEvent::position).toList());
        assertThat(ledger.parking().find(new ParkedId(new Position(1, 0, 7)))).isEmpty();
        assertThat(ledger.parking().find(new ParkedId(new Position(1, 0)))).isEmpty();
    }

    /** An id that comes again with another session goes to another partition: the first that has it is told. */
    @Test
    void ofAnIdThatSeveralHaveTheFirstIsTold() {
        for (int partition : List.of(2, 0)) {
            append(Events.event(7, session(partition)));
        }
        assertThat(ledger.log()
                        .find(Events.id(7))
                        .found()
                        .map(event -> event.position().partition()))
                .contains(0);
    }

    @Test
    void pagesOverAllFollowTheirOrderWhateverTheirSize() {
        List<Event> events = LongStream.rangeClosed(1, 300)
                .mapToObj(n -> Events.builder(n, session((int) (n % 3))).build())
                .toList();
        append(events.toArray(Event[]::new));
        for (EventQuery.Order order : EventQuery.Order.values()) {
            List<RecordedEvent> all = ledger.partitions().stream()
                    .flatMap(partition -> partition.order().read(0, 1000).stream())
                    .sorted(order.comparator())
                    .toList();
            for (int limit : List.of(1, 7, 100, 299, 300, 1000)) {
                EventQuery query =
                        EventQuery.builder().order(order).limit(limit).build();
                List<RecordedEvent> found = new ArrayList<>();
                EventPage page = ledger.search().search(query);
                found.addAll(page.events());
                while (page.next().isPresent()) {
                    page = ledger.search().search(query.withCursor(page.next().get()));
                    found.addAll(page.events());
                }
                assertThat(found).as("%s by %d", order, limit).isEqualTo(all);
            }
        }
    }
}
