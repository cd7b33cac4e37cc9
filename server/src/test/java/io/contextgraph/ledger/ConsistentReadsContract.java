// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventQuery.Order;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Page;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Conflict;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.AppendOutcome.Receipt;
import io.contextgraph.ledger.AppendOutcome.UnexpectedSessionSeq;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Extent;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What reading must be, however large the ledger and whoever writes meanwhile: complete, in order, and the same in
 * every implementation.
 */
@Timeout(120)
public abstract class ConsistentReadsContract extends LedgerContract<PartitionFixture> {
    private static final SessionId LARGE = new SessionId("large");
    private static final int CHAIN = 100;
    private static final int BATCH = 3;
    private static final int BATCHES_PER_PAGE = 2;

    /** Events in the large session. */
    protected int largeSession() {
        return Extent.SESSION_EVENTS.value();
    }

    /** Four at each time, which does not rise with the position; each caused by the one before. */
    private static Event ofLargeSession(long n, int size) {
        Event.Builder event = Event.builder(
                        Events.id(n),
                        new EventType(n % 2 == 0 ? "tool.execute" : "model.call"),
                        Events.BASE.plusMillis((n * 7919 % size) / 4),
                        LARGE)
                .agentId("agent-" + n % 3)
                .traceId("trace")
                .payloadRef("r");
        if (n > 1) {
            event.parentId(Events.id(n - 1));
        }
        return event.build();
    }

    @Test
    void aLargeSessionIsWalkedWhole() {
        int size = largeSession();
        append(Events.event(size + 1L, "other"));
        for (long from = 1; from <= size; from += EventLog.MAX_BATCH) {
            append(LongStream.range(from, Math.min(from + EventLog.MAX_BATCH, size + 1L))
                    .mapToObj(n -> ofLargeSession(n, size))
                    .toList());
        }
        List<RecordedEvent> all = all().subList(1, size + 1);
        assertThat(all.stream().map(RecordedEvent::sessionSeq))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, size).boxed().toList());

        EventQuery.Builder whole = EventQuery.builder().sessionId(LARGE).limit(EventQuery.MAX_LIMIT);
        assertWalk(whole.build(), all);
        assertWalk(whole.order(Order.TIME_DESC).type(new TypeFilter("tool.*")).build(), all);

        RecordedEvent first = all.getFirst();
        RecordedEvent last = all.getLast();
        assertThat(ledger.sessions().find(LARGE))
                .contains(new SessionSummary(
                        LARGE,
                        first.seq(),
                        Events.BASE,
                        Events.BASE.plusMillis((size - 1) / 4),
                        last.event().id(),
                        size,
                        List.of("agent-0", "agent-1", "agent-2"),
                        Optional.empty()));

        List<EventId> ancestors = new ArrayList<>();
        Optional<EventId> parent = last.event().parentId();
        while (ancestors.size() < CHAIN && parent.isPresent()) {
            ancestors.add(parent.get());
            parent = ledger.log()
                    .find(parent.get())
                    .found()
                    .orElseThrow()
                    .event()
                    .parentId();
        }
        assertThat(ancestors)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, CHAIN)
                        .mapToObj(n -> Events.id(size - n))
                        .toList());
        assertWalk(EventQuery.builder().parentId(Events.id(size / 2)).build(), all);
    }

    private void assertWalk(EventQuery query, List<RecordedEvent> all) {
        List<RecordedEvent> found = new ArrayList<>();
        EventPage page = ledger.search().search(query);
        found.addAll(page.events());
        while (page.next().isPresent()) {
            assertThat(page.events()).hasSize(query.limit());
            page = ledger.search().search(query.withCursor(page.next().get()));
            found.addAll(page.events());
            // A walk that never ends would fill the memory.
            assertThat(found.size()).isLessThanOrEqualTo(all.size());
        }
        List<RecordedEvent> expected = oracle(query, all);
        assertThat(seqs(found)).isEqualTo(seqs(expected));
        assertThat(found.equals(expected)).isTrue();
    }

    private static List<RecordedEvent> oracle(EventQuery query, List<RecordedEvent> all) {
        return all.stream()
                .filter(e -> query.matches(e.event()))
                .sorted(query.order().comparator())
                .toList();
    }

    private static List<Long> seqs(List<RecordedEvent> events) {
        return events.stream().map(RecordedEvent::seq).toList();
    }

    /** Few times, so that most events share theirs, under names that a careless key or query would trip over. */
    private static Event anyEvent(long n, Random random) {
        List<String> names = Events.HOSTILE_NAMES;
        List<String> types = List.of("tool.execute", "tool.execute.retry", "toolbox.open", "model.call");
        Event.Builder event = Event.builder(
                        Events.id(n),
                        new EventType(any(types, random)),
                        Events.BASE.plusMillis(random.nextInt(20)),
                        new SessionId(names.get(random.nextInt(6))))
                .agentId(any(names, random))
                .traceId(names.get(6 + random.nextInt(6)))
                .payloadRef("r" + n);
        if (random.nextBoolean()) {
            event.toolName(names.get(12 + random.nextInt(6)));
        }
        if (random.nextBoolean()) {
            event.status(any(List.of(EventStatus.values()), random));
        }
        if (random.nextBoolean()) {
            event.importanceHint(1 + random.nextInt(10));
        }
        if (n > 8 && random.nextBoolean()) {
            event.parentId(Events.id(1 + random.nextInt(8)));
        }
        return event.build();
    }

    private static <T> T any(List<T> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    private static List<Event> anyEvents(long first, int count, Random random) {
        return LongStream.range(first, first + count)
                .mapToObj(n -> anyEvent(n, random))
                .toList();
    }

    @Test
    void aWalkSeesWhatWasThereOnceWhileAnotherProcessWrites() throws InterruptedException {
        append(anyEvents(1, 300, new Random(1)));
        EventLog other = another().log();
        Semaphore wanted = new Semaphore(0);
        Semaphore written = new Semaphore(0);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> writer = executor.submit(() -> {
                Random random = new Random(2);
                for (long n = 1_000; true; n += BATCH) {
                    wanted.acquire();
                    other.append(
                            anyEvents(n, BATCH, random).stream().map(Append::of).toList(), Durability.MEMORY);
                    written.release();
                }
            });
            try {
                for (Order order : Order.values()) {
                    EventQuery.Builder query = EventQuery.builder().order(order).limit(40);
                    assertLiveWalk(query.build(), wanted, written);
                    query.sessionId(new SessionId("a|b")).type(new TypeFilter("tool.*"));
                    assertLiveWalk(query.limit(3).build(), wanted, written);
                }
            } finally {
                writer.cancel(true);
            }
        }
    }

    /** Some of what is asked to be written before a page has been written by then; the rest is, meanwhile. */
    private void assertLiveWalk(EventQuery first, Semaphore wanted, Semaphore written) throws InterruptedException {
        long before = ledger.order().head().seq();
        List<RecordedEvent> found = new ArrayList<>();
        List<EventPage> pages = new ArrayList<>();
        Optional<EventQuery> next = Optional.of(first);
        while (next.isPresent()) {
            EventQuery query = next.get();
            wanted.release(BATCHES_PER_PAGE);
            assertThat(written.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            EventPage page = ledger.search().search(query);
            pages.add(page);
            found.addAll(page.events());
            next = page.next().map(query::withCursor);
            assertThat(written.tryAcquire(BATCHES_PER_PAGE - 1, 10, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(pages).hasSizeLessThan(1_000);
        }
        assertThat(pages).hasSizeGreaterThanOrEqualTo(5);
        List<RecordedEvent> all = all();
        assertThat(all.size()).isEqualTo(before + (long) pages.size() * BATCHES_PER_PAGE * BATCH);
        EventPage start = pages.getFirst();
        assertThat(pages)
                .allMatch(page -> page.scope().asOf().equals(start.scope().asOf()));
        List<RecordedEvent> atStart = all.stream()
                .filter(e -> e.position().compareTo(start.scope().asOf()) <= 0)
                .toList();
        assertThat(atStart.size()).isBetween((int) before, (int) before + BATCHES_PER_PAGE * BATCH);
        assertThat(seqs(found)).as("%s", first).isEqualTo(seqs(oracle(first, atStart)));
        assertThat(found).isEqualTo(oracle(first, atStart));
    }

    @Test
    void answersAreThoseOfTheReferencePageByPage() {
        long seed = Long.getLong("contextgraph.seed", System.nanoTime());
        String told = "-Dcontextgraph.seed=" + seed;
        Random random = new Random(seed);
        InMemoryLedger reference = new InMemoryLedger(Clock.systemUTC());
        List<Event> some = new ArrayList<>();
        for (int batch = 0; batch < 20; batch++) {
            some.addAll(anyEvents(1 + some.size(), 1 + random.nextInt(30), random));
            List<Append> appends = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                // Some come again, some with other content under an id that is taken.
                int n = random.nextInt(some.size());
                appends.add(Append.of(random.nextInt(9) == 0 ? anyEvent(n + 1L, random) : some.get(n)));
            }
            assertThat(comparable(ledger.log().append(appends, Durability.MEMORY)))
                    .as(told)
                    .isEqualTo(comparable(reference.append(appends, Durability.MEMORY)));
        }
        assertThat(comparable(all())).as(told).isEqualTo(comparable(reference.read(0, Integer.MAX_VALUE)));
        for (int round = 0; round < 100; round++) {
            assertSamePages(anyQuery(random, some), reference, told);
        }
        assertSameDirectory(reference, told);
    }

    private void assertSameDirectory(InMemoryLedger reference, String told) {
        Optional<Cursor> here = Optional.empty();
        Optional<Cursor> there = Optional.empty();
        do {
            Page<SessionSummary> found = ledger.sessions().list(2, here);
            Page<SessionSummary> expected = reference.list(2, there);
            assertThat(found.items()).as(told).isEqualTo(expected.items());
            here = found.next();
            there = expected.next();
            assertThat(here.isPresent()).as(told).isEqualTo(there.isPresent());
        } while (here.isPresent());
    }

    private void assertSamePages(EventQuery query, InMemoryLedger reference, String told) {
        Optional<EventQuery> here = Optional.of(query);
        Optional<EventQuery> there = Optional.of(query);
        while (here.isPresent()) {
            EventPage found = ledger.search().search(here.get());
            EventPage expected = reference.search(there.orElseThrow());
            assertThat(comparable(found.events())).as("%s %s", told, query).isEqualTo(comparable(expected.events()));
            here = found.next().map(query::withCursor);
            there = expected.next().map(query::withCursor);
            assertThat(here.isPresent()).as("%s %s", told, query).isEqualTo(there.isPresent());
        }
    }

    /** Each filter is there in a third of the questions, mostly with a value that some event has. */
    private static EventQuery anyQuery(Random random, List<Event> events) {
        Event like = any(events, random);
        List<String> types = List.of("tool.execute", "tool.*", "toolbox.*", "tool.execute.*", "model.call");
        EventQuery.Builder query =
                EventQuery.builder().order(any(List.of(Order.values()), random)).limit(1 + random.nextInt(50));
        List<Runnable> filters = List.of(
                () -> query.sessionId(like.sessionId()),
                () -> query.agentId(any(Events.HOSTILE_NAMES, random)),
                () -> query.traceId(like.traceId()),
                () -> query.type(new TypeFilter(any(types, random))),
                () -> query.toolName(like.toolName().orElse("none")),
                () -> query.status(like.status().orElse(EventStatus.PENDING)),
                () -> query.parentId(like.parentId().orElse(like.id())),
                () -> query.from(Events.BASE.plusMillis(random.nextInt(10))),
                () -> query.to(Events.BASE.plusMillis(10 + random.nextInt(12))),
                () -> query.minImportance(random.nextInt(11)));
        filters.stream().filter(filter -> random.nextInt(3) == 0).forEach(Runnable::run);
        return query.build();
    }

    /** What no two ledgers share is left out: when, and so where, an event was recorded. */
    private static List<RecordedEvent> comparable(List<RecordedEvent> events) {
        return events.stream()
                .map(e -> new RecordedEvent(
                        e.event(), Head.EMPTY.position(), e.seq(), e.sessionSeq(), Events.BASE, e.contentHash()))
                .toList();
    }

    private static List<AppendOutcome> comparable(AppendResult result) {
        return result.outcomes().stream()
                .<AppendOutcome>map(outcome -> switch (outcome) {
                    case Appended taken -> new Appended(taken.eventId(), comparable(taken.receipt()));
                    case Duplicate taken -> new Duplicate(taken.eventId(), comparable(taken.receipt()));
                    case Conflict conflict -> conflict;
                    case UnexpectedSessionSeq unexpected -> unexpected;
                    case AppendOutcome.Personal personal -> personal;
                    case AppendOutcome.Fenced fenced -> fenced;
                    case AppendOutcome.Gone gone -> gone;
                    case AppendOutcome.Refused refused -> refused;
                })
                .toList();
    }

    private static Receipt comparable(Receipt receipt) {
        return new Receipt(Head.EMPTY.position(), receipt.seq(), receipt.sessionSeq(), Events.BASE);
    }
}
