// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.prune;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventQuery.Order;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.PrunedFixture;
import io.contextgraph.testing.Events;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every page must say and promise once events have gone for good. */
public abstract class PrunedPagesContract extends LedgerContract<PartitionFixture> {
    private List<RecordedEvent> twelve() {
        append(LongStream.rangeClosed(1, 12)
                .mapToObj(n -> Events.event(n, "s" + n % 2))
                .toList());
        return all();
    }

    private static EventQuery.Builder session(String id) {
        return EventQuery.builder().sessionId(new SessionId(id));
    }

    private EventPage page(EventQuery.Builder query) {
        return ledger.search().search(query.build());
    }

    private static Head head(RecordedEvent event) {
        return new Head(event.seq(), event.position());
    }

    @Test
    void pagesOfALedgerOfWhichNothingIsGoneSayNothing() {
        List<RecordedEvent> ignored = twelve();
        for (Order order : Order.values()) {
            assertThat(page(EventQuery.builder().order(order)).scope().pruned()).isEqualTo(Pruning.Extent.NONE);
            assertThat(page(session("s1").order(order)).scope().pruned()).isEqualTo(Pruning.Extent.NONE);
        }
    }

    /** Of a session what is gone of it; else of the whole ledger, also where nothing is found. */
    @Test
    void pagesSayWhatIsGone() {
        List<RecordedEvent> events = twelve();
        Pruned ignored = PrunedFixture.prune(ledger, "a", List.of(events.get(0), events.get(2)));
        for (Order order : Order.values()) {
            Pruning.Extent two = new Pruning.Extent(head(events.get(2)), 2, 2);
            assertThat(page(EventQuery.builder().order(order)).scope().pruned()).isEqualTo(two);
            assertThat(page(EventQuery.builder().order(order).limit(1)).scope().pruned())
                    .isEqualTo(two);
            assertThat(page(EventQuery.builder().order(order).agentId("nobody"))
                            .scope()
                            .pruned())
                    .isEqualTo(two);
            assertThat(page(session("s1").order(order)).scope().pruned()).isEqualTo(two);
            assertThat(page(session("s0").order(order)).scope().pruned()).isEqualTo(Pruning.Extent.NONE);
            assertThat(page(session("never").order(order)).scope().pruned()).isEqualTo(Pruning.Extent.NONE);
        }
        ignored = PrunedFixture.prune(ledger, "b", List.of(events.get(1)));
        for (Order order : Order.values()) {
            assertThat(page(EventQuery.builder().order(order)).scope().pruned())
                    .isEqualTo(new Pruning.Extent(head(events.get(2)), 3, 4));
            assertThat(page(session("s0").order(order)).scope().pruned())
                    .isEqualTo(new Pruning.Extent(head(events.get(2)), 1, 4));
        }
    }

    /**
     * The cursor stays valid. What has gone since is left out, whether or not it would have come; everything else comes exactly
     * once, and each page says what is gone by then.
     */
    @Test
    void pagesThatWereBegunBeforeGoOn() {
        List<Supplier<EventQuery.Builder>> queries = Stream.of(Order.values())
                .<Supplier<EventQuery.Builder>>flatMap(order -> Stream.of(
                        () -> EventQuery.builder().order(order),
                        () -> EventQuery.builder().order(order).agentId("agent-1"),
                        () -> session("s1").order(order)))
                .toList();
        List<RecordedEvent> events = twelve();
        record Begun(EventQuery query, List<RecordedEvent> found, EventPage page) {}
        List<Begun> begun = new ArrayList<>();
        for (Supplier<EventQuery.Builder> query : queries) {
            EventQuery first = query.get().limit(3).build();
            EventPage page = ledger.search().search(first);
            assertThat(page.scope().pruned()).isEqualTo(Pruning.Extent.NONE);
            if (page.next().isPresent()) {
                begun.add(new Begun(first, page.events(), page));
            }
        }
        assertThat(begun).hasSize(queries.size());
        // Also those at which pages ended, and at both ends.
        List<RecordedEvent> gone =
                Stream.of(0, 2, 4, 5, 8, 9, 10).map(events::get).toList();
        Pruned ignored = PrunedFixture.prune(ledger, "a", gone);
        RecordedEvent later = appended(Events.event(100, "s1"));
        for (Begun one : begun) {
            boolean ofSession = one.query().sessionId().isPresent();
            List<RecordedEvent> found = new ArrayList<>(one.found());
            EventPage page = one.page();
            while (page.next().isPresent()) {
                page = ledger.search().search(one.query().withCursor(page.next().get()));
                found.addAll(page.events());
                assertThat(page.scope().pruned().events()).isEqualTo(ofSession ? 5 : 7);
                assertThat(page.scope().pruned().through()).isEqualTo(head(events.get(10)));
            }
            List<RecordedEvent> expected = events.stream()
                    .filter(event -> one.query().matches(event.event()))
                    .filter(event -> one.found().contains(event) || !gone.contains(event))
                    .sorted(one.query().order().comparator())
                    .toList();
            assertThat(found).as("%s", one.query()).isEqualTo(expected).doesNotContain(later);
        }
    }
}
