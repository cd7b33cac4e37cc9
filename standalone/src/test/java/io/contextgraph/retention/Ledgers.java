// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.partition.Partition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Holds the answers of a ledger against the book. */
final class Ledgers {
    private static final int PAGE = 37;

    private final Partition ledger;
    private final Book book;
    private long answers;

    Ledgers(Partition ledger, Book book) {
        this.ledger = ledger;
        this.book = book;
    }

    /** For people: how many events of answers have been held against the book. */
    String counts() {
        return answers + " events of answers";
    }

    /** As most answers have it. */
    static RecordedEvent bare(RecordedEvent recorded) {
        return new RecordedEvent(
                recorded.event().withPayload(Optional.empty()),
                recorded.position(),
                recorded.seq(),
                recorded.sessionSeq(),
                recorded.recordedAt(),
                recorded.contentHash());
    }

    private static List<RecordedEvent> bare(List<RecordedEvent> events) {
        return events.stream().map(Ledgers::bare).toList();
    }

    private void expect(String what, List<RecordedEvent> found, List<RecordedEvent> expected) {
        assertThat(found).as(what).isEqualTo(bare(expected));
        answers += found.size();
    }

    /** Everything in commit order, by pages, and each session in both orders. */
    void queries() {
        assertThat(Reaching.reach(() -> ledger.order().head()))
                .isEqualTo(
                        new Head(book.events().size(), book.events().getLast().position()));
        List<RecordedEvent> events = book.left();
        expect("all in commit order", inCommitOrder(), events);
        expect("all by their position", search(EventQuery.builder().order(EventQuery.Order.POSITION_ASC)), events);
        expect("all by their time", search(EventQuery.builder().order(EventQuery.Order.TIME_ASC)), byTime(events));
        book.bySession().forEach((session, all) -> {
            EventQuery.Builder query = EventQuery.builder().sessionId(new SessionId(session));
            List<RecordedEvent> left =
                    all.stream().filter(event -> !book.isGone(event.seq())).toList();
            expect("the session " + session, search(query.order(EventQuery.Order.POSITION_ASC)), left);
            expect("the session " + session, search(query.order(EventQuery.Order.TIME_ASC)), byTime(left));
            assertThat(Reaching.reach(() -> ledger.sessions().find(new SessionId(session)))
                            .orElseThrow()
                            .eventCount())
                    .isEqualTo(all.size());
        });
    }

    /** Each event by its id, with its payload. */
    void byId() {
        for (RecordedEvent event : book.events()) {
            assertThat(Reaching.reach(() -> ledger.log().find(event.event().id())))
                    .isEqualTo(new Lookup.Found(event));
            answers++;
        }
    }

    private static List<RecordedEvent> byTime(List<RecordedEvent> events) {
        return events.stream()
                .sorted(Comparator.comparing((RecordedEvent e) -> e.event().occurredAt())
                        .thenComparingLong(RecordedEvent::seq))
                .toList();
    }

    private List<RecordedEvent> inCommitOrder() {
        List<RecordedEvent> all = new ArrayList<>();
        List<RecordedEvent> page = Reaching.reach(() -> ledger.order().read(0, PAGE));
        while (!page.isEmpty()) {
            all.addAll(page);
            long last = page.getLast().seq();
            page = Reaching.reach(() -> ledger.order().read(last, PAGE));
        }
        return all;
    }

    private List<RecordedEvent> search(EventQuery.Builder builder) {
        EventQuery query = builder.limit(PAGE).build();
        List<RecordedEvent> all = new ArrayList<>();
        EventPage page = Reaching.reach(() -> ledger.search().search(query));
        all.addAll(page.events());
        while (page.next().isPresent()) {
            Cursor next = page.next().get();
            page = Reaching.reach(() -> ledger.search().search(query.withCursor(next)));
            all.addAll(page.events());
        }
        return all;
    }
}
