// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Ref;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One query on its way to one page, whatever finds the events. Belongs to one thread. */
final class QueryRun {
    /** Index entries in one step. */
    static final int MAX_CHUNK = 1000;

    private final EventQuery query;
    private final EventReader reader;
    private final Duration timeout;
    private final Optional<EventQuery.Place> after;
    private final Head asOf;
    private final long deadline;

    QueryRun(EventQuery query, EventReader reader, Duration timeout) {
        this.query = query;
        this.reader = reader;
        this.timeout = timeout;
        this.after = query.after();
        this.asOf = after.map(place -> new Head(place.asOfSeq(), place.asOf())).orElseGet(reader::head);
        this.deadline = System.nanoTime() + timeout.toNanos();
    }

    EventQuery query() {
        return query;
    }

    /** The newest event that the answer considers. */
    long asOfSeq() {
        return asOf.seq();
    }

    /** The last event of the page before; its id is not known. */
    Optional<Ref> lastSeen() {
        return after.map(place -> new Ref(place.seq(), IdPages.NO_ID, place.timeMillis()));
    }

    /** For orders by position: the number at which to go on. */
    long firstSeq() {
        boolean descending = query.order().descending();
        return after.map(place -> descending ? place.seq() - 1 : place.seq() + 1)
                .orElse(descending ? asOfSeq() : 1);
    }

    /** @throws LedgerException when the time allowed is over */
    void checkTime() {
        if (System.nanoTime() - deadline > 0) {
            throw incomplete();
        }
    }

    LedgerException incomplete() {
        return new LedgerException(
                Reason.INCOMPLETE,
                "the query was not answered within " + timeout.toMillis() + " ms: narrow its filters or its times");
    }

    EventPage nothing() {
        return new EventPage(List.of(), Optional.empty(), asOf.position());
    }

    /**
     * Fills the page from a walk that meets every answer in order, and perhaps others.
     *
     * @param sieve drops what can be seen to be no answer before its document is read
     */
    EventPage page(Walk walk, UnaryOperator<List<Ref>> sieve) {
        List<RecordedEvent> found = new ArrayList<>();
        int chunk = Math.min(query.limit() + 1, MAX_CHUNK);
        List<Ref> refs = walk.next(chunk);
        while (!refs.isEmpty()) {
            List<Ref> known = refs.stream().filter(r -> r.seq() <= asOfSeq()).toList();
            reader.events(sieve.apply(known)).stream()
                    .filter(e -> query.matches(e.event()))
                    .forEach(found::add);
            if (found.size() > query.limit()) {
                break;
            }
            checkTime();
            chunk = Math.min(chunk * 2, MAX_CHUNK);
            refs = walk.next(chunk);
        }
        Position position = asOf.position();
        if (found.size() <= query.limit()) {
            return new EventPage(found, Optional.empty(), position);
        }
        List<RecordedEvent> page = found.subList(0, query.limit());
        return new EventPage(page, Optional.of(query.cursorAfter(page.getLast(), asOfSeq(), position)), position);
    }
}
