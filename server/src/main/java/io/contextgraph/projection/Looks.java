// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.DigestPage;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.SessionDigest;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;

/** Looks at single sessions on both sides. */
final class Looks {
    /** Most events that one answer of the graph adds up. */
    static final int EVENTS_PER_SUM = 10_000;

    private static final int LOOKS = 5;

    private final EventSearch search;
    private final Sessions sessions;
    private final GraphAudit graph;

    Looks(EventSearch search, Sessions sessions, GraphAudit graph) {
        this.search = search;
        this.sessions = sessions;
        this.graph = graph;
    }

    /**
     * Looks at a session, again while it changes.
     *
     * @param seen whether the graph has seen what the ledger has up to a number
     * @return empty when it had not, or when the session changed each time
     */
    Optional<Look> at(SessionId session, LongPredicate seen) {
        for (int look = 0; look < LOOKS; look++) {
            List<RecordedEvent> ledger = events(session);
            if (ledger.isEmpty() && sessions.find(session).isEmpty()) {
                return Optional.of(Look.foreign(session, graph.snapshot(session)));
            }
            if (!ledger.isEmpty() && !seen.test(ledger.getLast().seq())) {
                return Optional.empty();
            }
            GraphSnapshot actual = graph.snapshot(session);
            SessionDigest digest = digest(session, ledger.size());
            // Equal counts before and after: nothing joined the session while the graph was read.
            if (sessions.find(session).map(SessionSummary::eventCount).orElse(0L) == ledger.size()) {
                return Optional.of(Look.of(session, ledger, actual, digest));
            }
        }
        return Optional.empty();
    }

    /** The session's events in the ledger. */
    List<RecordedEvent> events(SessionId session) {
        EventQuery query = EventQuery.builder()
                .sessionId(session)
                .order(EventQuery.Order.POSITION_ASC)
                .limit(EventQuery.MAX_LIMIT)
                .build();
        EventPage page = search.search(query);
        List<RecordedEvent> events = new ArrayList<>(page.events());
        while (page.next().isPresent()) {
            page = search.search(query.withCursor(page.next().get()));
            events.addAll(page.events());
        }
        return events;
    }

    private SessionDigest digest(SessionId session, long expectedEvents) {
        int atOnce = (int) Math.min(EVENTS_PER_SUM, expectedEvents + 1);
        SessionDigest sum = SessionDigest.empty(session);
        Optional<DigestPage.Place> next = Optional.of(new DigestPage.Place(session, Long.MIN_VALUE, Long.MIN_VALUE));
        while (next.isPresent() && next.get().session().equals(session)) {
            DigestPage page = graph.digests(next, atOnce);
            for (SessionDigest part : page.sessions()) {
                sum = part.session().equals(session) ? sum.plus(part) : sum;
            }
            next = page.next();
        }
        return sum;
    }
}
