// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventQuery.Order;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.testing.Events;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * What every {@link EventSearch} must do; {@link EventQuery#matches} is the oracle, and where events have left the index, what
 * pages say that they leave out.
 */
public abstract class EventSearchContract extends LedgerContract<LedgerFixture> {
    private static final int MIXED = 400;

    @Test
    void anEmptyLedgerAnswersWithNothing() {
        for (Order order : Order.values()) {
            EventPage page = search(EventQuery.builder().order(order));
            assertThat(page.events()).isEmpty();
            assertThat(page.next()).isEmpty();
            assertThat(page.scopes()).hasSameSizeAs(ledger.partitions()).allSatisfy(scope -> {
                assertThat(scope.asOf().in(Position.WHOLE)).isEqualTo(Position.START);
                assertThat(scope.leftOut()).isEmpty();
                assertThat(scope.pruned()).isEqualTo(Pruning.Extent.NONE);
            });
        }
    }

    @Test
    void everyFilterAloneGivesWhatTheOracleGives() {
        append(Events.mixed(MIXED));
        List<Supplier<EventQuery.Builder>> filters = List.of(
                EventQuery::builder,
                () -> EventQuery.builder().sessionId(new SessionId("session-1")),
                () -> EventQuery.builder().agentId("agent-2"),
                () -> EventQuery.builder().traceId("trace-3"),
                () -> EventQuery.builder().type(new TypeFilter("tool.execute")),
                () -> EventQuery.builder().type(new TypeFilter("tool.*")),
                () -> EventQuery.builder().type(new TypeFilter("tool.execute.*")),
                () -> EventQuery.builder().type(new TypeFilter("nothing.*")),
                () -> EventQuery.builder().toolName("tool-0"),
                () -> EventQuery.builder().status(EventStatus.TIMEOUT),
                () -> EventQuery.builder().parentId(Events.id(1)),
                () -> EventQuery.builder().from(Events.BASE.plusMillis(50)),
                () -> EventQuery.builder().to(Events.BASE.plusMillis(50)),
                () -> EventQuery.builder().from(Events.BASE.plusMillis(20)).to(Events.BASE.plusMillis(21)),
                () -> EventQuery.builder().from(Events.BASE.plusMillis(20)).to(Events.BASE.plusMillis(20)),
                () -> EventQuery.builder().minImportance(1),
                () -> EventQuery.builder().minImportance(8),
                () -> EventQuery.builder().minImportance(0),
                () -> EventQuery.builder().sessionId(new SessionId("nobody")));
        List<RecordedEvent> all = all();
        for (Supplier<EventQuery.Builder> filter : filters) {
            for (Order order : Order.values()) {
                assertAnswer(filter.get().order(order).limit(37), all);
            }
        }
    }

    @Test
    void manyCombinationsGiveWhatTheOracleGives() {
        append(Events.mixed(MIXED));
        List<RecordedEvent> all = all();
        Random random = new Random(4711);
        List<String> types = List.of("tool.execute", "tool.*", "model.call", "toolbox.*", "tool.execute.*");
        List<EventStatus> statuses = List.of(EventStatus.values());
        List<Order> orders = List.of(Order.values());
        for (int round = 0; round < 150; round++) {
            EventQuery.Builder query = EventQuery.builder()
                    .order(orders.get(random.nextInt(orders.size())))
                    .limit(1 + random.nextInt(60));
            if (random.nextInt(3) == 0) {
                query.sessionId(new SessionId("session-" + random.nextInt(5)));
            }
            if (random.nextInt(3) == 0) {
                query.agentId("agent-" + random.nextInt(4));
            }
            if (random.nextInt(4) == 0) {
                query.traceId("trace-" + random.nextInt(6));
            }
            if (random.nextInt(3) == 0) {
                query.type(new TypeFilter(types.get(random.nextInt(types.size()))));
            }
            if (random.nextInt(4) == 0) {
                query.toolName("tool-" + random.nextInt(4));
            }
            if (random.nextInt(4) == 0) {
                query.status(statuses.get(random.nextInt(statuses.size())));
            }
            if (random.nextInt(5) == 0) {
                query.parentId(Events.id(1 + random.nextInt(6)));
            }
            if (random.nextInt(3) == 0) {
                query.from(Events.BASE.plusMillis(random.nextInt(60)));
            }
            if (random.nextInt(3) == 0) {
                query.to(Events.BASE.plusMillis(60 + random.nextInt(80)));
            }
            if (random.nextInt(4) == 0) {
                query.minImportance(1 + random.nextInt(10));
            }
            assertAnswer(query, all);
        }
    }

    @Test
    void tiesOfTimeAreOrderedByPositionAndNoneIsLost() {
        List<Event> events = new ArrayList<>();
        for (int n = 1; n <= 260; n++) {
            // One before, many at once, one after.
            long millis = n == 1 ? -1 : n == 260 ? 1 : 0;
            events.add(Event.builder(
                            Events.id(261 - n),
                            new EventType(n % 2 == 0 ? "a.b" : "a.c"),
                            Events.BASE.plusMillis(millis),
                            new SessionId("s"))
                    .payloadRef("r")
                    .build());
        }
        append(events);
        List<RecordedEvent> all = all();
        for (Order order : Order.values()) {
            for (int limit : List.of(1, 7, 100, 259, 260, 261)) {
                assertAnswer(EventQuery.builder().order(order).limit(limit), all);
                assertAnswer(
                        EventQuery.builder()
                                .type(new TypeFilter("a.*"))
                                .order(order)
                                .limit(limit),
                        all);
                assertAnswer(
                        EventQuery.builder()
                                .sessionId(new SessionId("s"))
                                .type(new TypeFilter("a.b"))
                                .order(order)
                                .limit(limit),
                        all);
            }
        }
    }

    @Test
    void pagesStayStableWhileEventsAreWritten() {
        append(Events.mixed(90));
        List<RecordedEvent> before = all();
        Head asOf = order("session-1").head();
        for (Order order : Order.values()) {
            EventQuery query = EventQuery.builder()
                    .sessionId(new SessionId("session-1"))
                    .order(order)
                    .limit(4)
                    .build();
            List<RecordedEvent> expected = oracle(query, before);
            List<RecordedEvent> found = new ArrayList<>();
            EventPage page = ledger.search().search(query);
            long n = 10_000L + all().size();
            while (true) {
                found.addAll(page.events());
                assertThat(page.scope().asOf()).isEqualTo(asOf.position());
                if (page.next().isEmpty()) {
                    break;
                }
                // Before, among and after what has been read.
                for (long millis : List.of(-5L, 10L, 20L, 1000L)) {
                    append(Event.builder(
                                    Events.id(n++),
                                    new EventType("tool.execute"),
                                    Events.BASE.plusMillis(millis),
                                    new SessionId("session-1"))
                            .payloadRef("r")
                            .build());
                }
                page = ledger.search().search(query.withCursor(page.next().get()));
            }
            assertThat(found).isEqualTo(expected);
            // The next order begins from what is there now.
            before = all();
            asOf = order("session-1").head();
        }
        assertThat(order("session-1").head()).isEqualTo(asOf);
    }

    /** How the times of a session's events follow each other must not matter, nor how many it has. */
    @Test
    void aSessionIsInOrderHoweverItsTimesRun() {
        List<Event> events = new ArrayList<>();
        for (int n = 0; n < 270; n++) {
            events.add(inSession("rising", events.size(), n / 2));
            if (n < 256) {
                events.add(inSession("falling", events.size(), -n / 2));
            }
            if (n < 40) {
                // Once, right at the end, before everything else.
                events.add(inSession("back", events.size(), n < 39 ? n : -1000));
                events.add(inSession("level", events.size(), 0));
            }
        }
        append(events);
        List<RecordedEvent> all = all();
        for (Order order : Order.values()) {
            for (String session : List.of("rising", "falling", "back", "level")) {
                for (int limit : List.of(9, 100, 300)) {
                    assertAnswer(of(session).order(order).limit(limit), all);
                }
                assertAnswer(
                        of(session).type(new TypeFilter("a.b")).order(order).limit(7), all);
                assertAnswer(of(session).agentId("agent-1").order(order).limit(7), all);
                assertAnswer(
                        of(session)
                                .from(Events.BASE.minusMillis(20))
                                .to(Events.BASE.plusMillis(20))
                                .order(order)
                                .limit(7),
                        all);
            }
        }
    }

    private static EventQuery.Builder of(String session) {
        return EventQuery.builder().sessionId(new SessionId(session));
    }

    private static Event inSession(String session, long n, long millis) {
        return Event.builder(
                        Events.id(n + 1),
                        new EventType(n % 3 == 0 ? "a.b" : "a.c"),
                        Events.BASE.plusMillis(millis),
                        new SessionId(session))
                .agentId("agent-" + n % 4)
                .payloadRef("r")
                .build();
    }

    @Test
    void pagesStayStableWhileASmallSessionBecomesALargeOne() {
        List<Event> small = new ArrayList<>();
        for (int n = 0; n < 250; n++) {
            small.add(inSession("growing", n, n * 7919L % 250));
        }
        append(small);
        long number = small.size();
        for (Order order : Order.values()) {
            EventQuery query = of("growing").order(order).limit(90).build();
            List<RecordedEvent> expected = oracle(query, all());
            EventPage page = ledger.search().search(query);
            List<RecordedEvent> found = new ArrayList<>(page.events());
            while (page.next().isPresent()) {
                List<Event> more = new ArrayList<>();
                for (int n = 0; n < 10; n++) {
                    more.add(inSession("growing", number++, number * 31 % 300 - 20));
                }
                append(more);
                page = ledger.search().search(query.withCursor(page.next().get()));
                found.addAll(page.events());
            }
            assertThat(found).as("%s", order).isEqualTo(expected);
        }
    }

    @Test
    void hostileNamesFindExactlyTheirEvents() {
        List<Event> events = new ArrayList<>();
        for (String name : Events.HOSTILE_NAMES) {
            events.add(
                    Event.builder(Events.id(events.size() + 1L), new EventType("a.b"), Events.BASE, new SessionId(name))
                            .agentId(name)
                            .traceId(name)
                            .toolName(name)
                            .payloadRef("r")
                            .build());
        }
        append(events);
        List<RecordedEvent> all = all();
        for (String name : Events.HOSTILE_NAMES) {
            for (Order order : Order.values()) {
                assertAnswer(EventQuery.builder().sessionId(new SessionId(name)).order(order), all);
                assertAnswer(EventQuery.builder().agentId(name).order(order), all);
                assertAnswer(EventQuery.builder().traceId(name).toolName(name).order(order), all);
            }
            List<RecordedEvent> found = search(
                            EventQuery.builder().sessionId(new SessionId(name)).toolName(name))
                    .events();
            assertThat(found.stream().map(e -> e.event().toolName())).containsExactly(Optional.of(name));
        }
        assertThat(search(EventQuery.builder().agentId("'; DROP")).events()).isEmpty();
        // Not even a valid name, but a query may ask for it.
        for (String odd : List.of("", "__global__", "line\nbreak", "nul\u0000", "x".repeat(5000))) {
            assertThat(search(EventQuery.builder().agentId(odd)).events()).isEmpty();
        }
    }

    @Test
    void aFullLastPageHasNoCursor() {
        append(Events.mixed(20));
        int found = oracle(EventQuery.builder().build(), all()).size();
        EventPage page = search(EventQuery.builder().limit(found));
        assertThat(page.events()).hasSize(found);
        assertThat(page.next()).isEmpty();
        assertThat(page.scopes().stream().map(EventPage.Scope::asOf))
                .isEqualTo(ledger.partitions().stream()
                        .map(partition -> partition.order().head().position())
                        .toList());
    }

    @Test
    void eventsComeWithoutTheirPayloads() {
        RecordedEvent event = appended(Events.full(1, "s"));
        assertThat(search(EventQuery.builder()).events()).containsExactly(event);
        assertThat(event.event().payload()).isEmpty();
    }

    @Test
    void aCursorBelongsToItsQuery() {
        append(Events.mixed(20));
        EventQuery.Builder five = EventQuery.builder().limit(5);
        Cursor cursor = search(five).next().orElseThrow();

        for (EventQuery.Builder other : List.of(
                EventQuery.builder().agentId("agent-1"),
                EventQuery.builder().order(Order.TIME_DESC),
                EventQuery.builder().order(Order.POSITION_ASC))) {
            assertThatThrownBy(() -> search(other.cursor(cursor))).isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> search(EventQuery.builder().cursor(new Cursor("x" + cursor.text()))))
                .isInstanceOf(InvalidInputException.class);
        // The size of a page may change on the way.
        List<RecordedEvent> expected = oracle(EventQuery.builder().build(), all());
        assertThat(search(EventQuery.builder().limit(100).cursor(cursor)).events())
                .isEqualTo(expected.subList(5, expected.size()));
    }

    private EventPage search(EventQuery.Builder query) {
        return ledger.search().search(query.build());
    }

    /** Follows all pages: together they are the oracle's answer, and every page but the last is full. */
    private void assertAnswer(EventQuery.Builder builder, List<RecordedEvent> all) {
        EventQuery query = builder.build();
        List<RecordedEvent> expected = oracle(query, all);
        List<RecordedEvent> found = new ArrayList<>();
        EventPage page = ledger.search().search(query);
        while (true) {
            found.addAll(page.events());
            assertThat(leftOut(page)).as("%s", query).isEqualTo(leftOut(query));
            if (page.next().isEmpty()) {
                break;
            }
            assertThat(page.events()).as("%s", query).hasSize(query.limit());
            page = ledger.search().search(query.withCursor(page.next().get()));
            assertThat(page.events()).as("%s", query).isNotEmpty();
        }
        assertThat(found).as("%s", query).isEqualTo(expected);
    }

    /**
     * Nothing by session and in commit order without filters; else what the index of each partition does not have: the last of it,
     * by partition.
     */
    private Map<Integer, Long> leftOut(EventQuery query) {
        Map<Integer, Long> leftOut = new HashMap<>();
        boolean everything =
                query.inCommitOrder(1).equals(EventQuery.builder().build().inCommitOrder(1));
        if (query.sessionId().isEmpty() && (!everything || query.order().byTime())) {
            for (Partition partition : ledger.partitions()) {
                Head unindexed = partition.trimming().index().unindexed();
                if (unindexed.seq() > 0) {
                    leftOut.put(partition.number(), unindexed.seq());
                }
            }
        }
        return leftOut;
    }

    private static Map<Integer, Long> leftOut(EventPage page) {
        return page.scopes().stream()
                .flatMap(scope -> scope.leftOut().stream())
                .collect(toMap(last -> number(last.position()), Head::seq));
    }

    private static int number(Position position) {
        return Math.max(0, position.partition());
    }

    private List<RecordedEvent> oracle(EventQuery query, List<RecordedEvent> all) {
        Map<Integer, Long> leftOut = leftOut(query);
        return all.stream()
                .filter(e -> query.matches(e.event()))
                .filter(e -> e.seq() > leftOut.getOrDefault(number(e.position()), 0L))
                .sorted(query.order().comparator())
                .toList();
    }
}
