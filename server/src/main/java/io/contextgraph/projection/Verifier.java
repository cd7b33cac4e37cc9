// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Page;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Compares the graph with what the ledger says it must be, session by session.
 *
 * <p><b>Guarantees.</b> Every difference is reported: events and edges that are missing, foreign or double, and every
 * property. Writers may go on meanwhile: a session that changes while it is looked at is looked at again.
 *
 * <p><b>Units and bounds.</b> Holds one session in memory at a time.
 *
 * <p><b>Threads.</b> Safe for threads; reads only.
 */
public final class Verifier {
    private static final int LOOKS = 5;
    private static final int SESSIONS_PER_PAGE = 1_000;
    private static final Duration SETTLE = Duration.ofSeconds(2);

    private final EventLog log;
    private final EventSearch search;
    private final Sessions sessions;
    private final ProjectionLag lag;
    private final GraphReader graph;

    public Verifier(EventLog log, EventSearch search, Sessions sessions, ProjectionLag lag, GraphReader graph) {
        this.log = log;
        this.search = search;
        this.sessions = sessions;
        this.lag = lag;
        this.graph = graph;
    }

    /**
     * Compares everything that the ledger holds now.
     *
     * @param patience how long to wait for the graph to catch up before comparing anyway
     * @param progress told after each session how many events have been compared
     * @param found told each difference as it is found
     */
    public Verification verify(Duration patience, Consumer<Long> progress, Consumer<Difference> found) {
        Head asOf = log.head();
        Run run = new Run(found);
        run.behind = Math.max(0, asOf.seq() - lag.await(asOf.seq(), patience).seenThroughSeq());
        Optional<Cursor> next = Optional.empty();
        do {
            Page<SessionSummary> page = sessions.list(SESSIONS_PER_PAGE, next);
            for (SessionSummary session : page.items()) {
                run.compare(session.id());
                progress.accept(run.events);
            }
            next = page.next();
        } while (next.isPresent());
        run.compareForeignSessions();
        return new Verification(asOf, run.behind, run.sessions, run.events, run.unsettled, run.differences);
    }

    private List<RecordedEvent> ledgerEvents(SessionId session) {
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

    /** One comparison: what it has seen so far. */
    private final class Run {
        private final Consumer<Difference> found;
        private final Map<Difference.Kind, Long> differences = new EnumMap<>(Difference.Kind.class);
        private long behind;
        private long sessions;
        private long events;
        private long unsettled;

        Run(Consumer<Difference> found) {
            this.found = found;
        }

        void compare(SessionId session) {
            for (int look = 0; look < LOOKS; look++) {
                List<RecordedEvent> ledger = ledgerEvents(session);
                if (behind == 0 && !ledger.isEmpty()) {
                    lag.await(ledger.getLast().seq(), SETTLE);
                }
                GraphSnapshot actual = graph.snapshot(session);
                // Equal counts before and after: nothing joined the session while the graph was read.
                if (Verifier.this
                                .sessions
                                .find(session)
                                .map(SessionSummary::eventCount)
                                .orElse(0L)
                        == ledger.size()) {
                    compare(session, ledger, actual);
                    return;
                }
            }
            unsettled++;
        }

        private void compare(SessionId session, List<RecordedEvent> ledger, GraphSnapshot actual) {
            InMemoryGraph reference = new InMemoryGraph();
            reference.apply(Projection.project(ledger));
            SnapshotComparison.compare(session, reference.snapshot(session), actual, this::report);
            sessions++;
            events += ledger.size();
        }

        void compareForeignSessions() {
            List<SessionId> page = graph.sessions(Optional.empty(), SESSIONS_PER_PAGE);
            while (!page.isEmpty()) {
                for (SessionId session : page) {
                    if (Verifier.this.sessions.find(session).isEmpty()) {
                        for (EventId event : graph.snapshot(session).events().keySet()) {
                            report(new Difference(
                                    Difference.Kind.FOREIGN_EVENT,
                                    session,
                                    event.toString(),
                                    "its session is unknown"));
                        }
                    }
                }
                page = graph.sessions(Optional.of(page.getLast()), SESSIONS_PER_PAGE);
            }
        }

        private void report(Difference difference) {
            differences.merge(difference.kind(), 1L, Long::sum);
            found.accept(difference);
        }
    }
}
