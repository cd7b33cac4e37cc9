// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import java.util.List;
import java.util.Optional;

/**
 * The events that a query selects, in commit order, from one place to another, page by page.
 *
 * <p><b>Guarantees.</b> Each of them once, or an error. The index is asked where there are filters; where it cannot
 * answer in its time, or does not have every event any more, everything is read, and the filters decide. Belongs to one
 * thread.
 */
final class CommitOrder {
    private static final int PAGE = 500;
    private static final EventQuery EVERYTHING = EventQuery.builder().build().inCommitOrder(PAGE);

    private final EventOrder order;
    private final EventSearch search;
    private final EventQuery filters;
    private final Head until;
    private boolean searching;
    private Optional<Cursor> cursor;
    private long seq;
    private boolean lacking;

    /**
     * @param filters what to select; its order, limit and cursor play no part
     * @param after the last event that is not wanted any more; empty to begin with the first
     * @param until the last place that is wanted
     * @param finding whether its index finds its own events alone
     */
    CommitOrder(Partition ledger, EventQuery filters, Optional<RecordedEvent> after, Head until, boolean finding) {
        this.order = ledger.order();
        this.search = ledger.search();
        this.filters = filters.inCommitOrder(PAGE);
        this.until = until;
        this.searching = finding && !this.filters.equals(EVERYTHING);
        this.cursor = after.map(last -> this.filters.cursorAfter(last, until.seq(), until.position()));
        this.seq = after.map(RecordedEvent::seq).orElse(0L);
    }

    /** Everything up to this number has been looked at. */
    long seq() {
        return seq;
    }

    /**
     * Whether the last page may lack events that have been taken out: those that are there have no holes in their numbers, those
     * that an index has found have.
     */
    boolean mayLack() {
        return lacking;
    }

    boolean ended() {
        return seq >= until.seq();
    }

    /** The next events, without payloads; may be empty before the end. */
    List<RecordedEvent> next() {
        return (searching ? found() : read())
                .stream()
                        .filter(event -> event.seq() <= until.seq())
                        .filter(event -> filters.matches(event.event()))
                        .toList();
    }

    private List<RecordedEvent> found() {
        EventPage page;
        try {
            page = search.search(cursor.map(filters::withCursor).orElse(filters));
        } catch (LedgerException unanswered) {
            if (unanswered.reason() != Reason.INCOMPLETE) {
                throw unanswered;
            }
            searching = false;
            return List.of();
        }
        if (!page.isComplete()) {
            searching = false;
            return List.of();
        }
        cursor = page.next();
        lacking = true;
        seq = page.next().isEmpty() ? until.seq() : page.events().getLast().seq();
        return page.events();
    }

    private List<RecordedEvent> read() {
        List<RecordedEvent> page = order.read(seq, PAGE);
        lacking = page.isEmpty() ? seq < until.seq() : page.getLast().seq() - seq != page.size();
        // The rest of the ledger may have been taken out since.
        seq = page.isEmpty() ? until.seq() : page.getLast().seq();
        return page;
    }
}
