// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Page;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Finds sessions by what one of their events says, and by how their id begins.
 *
 * <p><b>Guarantees.</b> With filters on events, each session with one event that matches all of them and was recorded before
 * the first page was asked for comes exactly once over all pages, at the place of the newest such event, the newest first;
 * what is appended meanwhile changes nothing. With a prefix alone the order is that of the directory. A page may be short, also
 * empty: there is more as long as it has a cursor.
 *
 * <p><b>Units and bounds.</b> A page looks at {@value #MOST} events or sessions at most; of each session that it finds on a later page
 * one more search makes sure that no page before has had it.
 */
final class SessionSearch {
    private static final int MOST = 1000;
    private static final int STEPS = 20;
    private static final int IN_SESSION = 100;

    private final EventSearch search;
    private final Sessions sessions;
    private final Filter filter;

    /**
     * What is wanted.
     *
     * @param events of each session one event must match; of this the filters count
     * @param prefix of the id of a session
     */
    record Filter(EventQuery events, Optional<String> prefix) {
        private boolean hasEvents() {
            return !query(Optional.empty(), EventQuery.DEFAULT_LIMIT, Optional.empty())
                    .equals(EventQuery.builder()
                            .order(EventQuery.Order.POSITION_DESC)
                            .build());
        }

        boolean isEmpty() {
            return prefix.isEmpty() && !hasEvents();
        }

        private boolean matches(SessionId session) {
            return prefix.map(session.value()::startsWith).orElse(true);
        }

        /** What a cursor is bound to. */
        private String meaning() {
            return "sessions " + query(Optional.empty(), EventQuery.DEFAULT_LIMIT, Optional.empty()) + prefix;
        }

        private EventQuery query(Optional<SessionId> session, int limit, Optional<Cursor> cursor) {
            return new EventQuery(
                    session,
                    events.agentId(),
                    Optional.empty(),
                    events.type(),
                    events.toolName(),
                    events.status(),
                    Optional.empty(),
                    events.from(),
                    events.to(),
                    OptionalInt.empty(),
                    EventQuery.Order.POSITION_DESC,
                    limit,
                    cursor);
        }
    }

    /**
     * A page of what was found.
     *
     * @param leftOut as of {@link EventPage}, of each partition that leaves something out
     */
    record Found(Page<SessionSummary> page, List<Head> leftOut) {}

    SessionSearch(EventSearch search, Sessions sessions, Filter filter) {
        this.search = search;
        this.sessions = sessions;
        this.filter = filter;
    }

    /** @throws io.contextgraph.event.InvalidInputException when the cursor is damaged or of another search */
    Found page(int limit, Optional<Cursor> cursor) {
        Optional<Cursor> from =
                cursor.map(outer -> new Cursor(outer.open(filter.meaning(), 1).getFirst()));
        return filter.hasEvents() ? byEvents(limit, from) : byDirectory(limit, from);
    }

    private Found byEvents(int limit, Optional<Cursor> from) {
        List<SessionSummary> found = new ArrayList<>();
        Set<SessionId> seen = new HashSet<>();
        List<Head> leftOut = List.of();
        Optional<Cursor> next = from;
        int looked = 0;
        for (int step = 0; step < STEPS && looked < MOST && found.size() < limit; step++) {
            // No more than there is room for: a cursor stands behind a whole page of events.
            int some = Math.min(limit - found.size(), MOST - looked);
            EventPage page = search.search(filter.query(Optional.empty(), some, next));
            for (RecordedEvent event : page.events()) {
                SessionId session = event.event().sessionId();
                if (filter.matches(session)
                        && seen.add(session)
                        && (from.isEmpty()
                                || isNewest(
                                        event,
                                        page.scope(event.position().partition()).asOf()))) {
                    sessions.find(session).ifPresent(found::add);
                }
            }
            looked += page.events().size();
            leftOut = page.scopes().stream()
                    .flatMap(scope -> scope.leftOut().stream())
                    .toList();
            next = page.next();
            if (next.isEmpty()) {
                break;
            }
        }
        return new Found(page(found, next), leftOut);
    }

    /** Whether no event of its session that matches is newer, of those that the search is over. */
    private boolean isNewest(RecordedEvent event, Position asOf) {
        Optional<SessionId> session = Optional.of(event.event().sessionId());
        Optional<Cursor> next = Optional.empty();
        do {
            EventPage page = search.search(filter.query(session, IN_SESSION, next));
            Optional<RecordedEvent> newest = page.events().stream()
                    .filter(other -> other.position().compareTo(asOf) <= 0)
                    .findFirst();
            if (newest.isPresent()) {
                return newest.get().seq() == event.seq();
            }
            next = page.next();
        } while (next.isPresent());
        return false;
    }

    private Found byDirectory(int limit, Optional<Cursor> from) {
        List<SessionSummary> found = new ArrayList<>();
        Optional<Cursor> next = from;
        int looked = 0;
        for (int step = 0; step < STEPS && looked < MOST && found.size() < limit; step++) {
            Page<SessionSummary> page = sessions.list(Math.min(limit - found.size(), MOST - looked), next);
            page.items().stream()
                    .filter(session -> filter.matches(session.id()))
                    .forEach(found::add);
            looked += page.items().size();
            next = page.next();
            if (next.isEmpty()) {
                break;
            }
        }
        return new Found(page(found, next), List.of());
    }

    private Page<SessionSummary> page(List<SessionSummary> found, Optional<Cursor> next) {
        return new Page<>(found, next.map(inner -> Cursor.of(filter.meaning(), List.of(inner.text()))));
    }
}
