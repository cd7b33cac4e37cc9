// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Page;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.DigestPage;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.SessionDigest;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares the graph with what the ledger says it must be.
 *
 * <p><b>Guarantees.</b> By {@linkplain Depth#DIGEST digest}, sessions are added up on both sides, and only those that
 * differ are looked at event by event; {@linkplain Depth#EXACT exactly}, all are. Either way every difference that shows is
 * named: events and edges that are missing, foreign or double, and every property. Writers may go on meanwhile: a session
 * that changes while it is looked at is looked at again.
 *
 * <p><b>Units and bounds.</b> Holds a few numbers for each session, and the events of one session at a time.
 *
 * <p><b>Threads.</b> Safe for threads; reads only.
 */
public final class Verifier {
    /** How closely to look. */
    public enum Depth {
        /** Adds up the digests that were written beside each node: a property that was changed past them does not show. */
        DIGEST,
        /** Reads every property of every node and edge. */
        EXACT
    }

    private static final int LOOKS = 5;
    private static final int SESSIONS_PER_PAGE = 1_000;
    private static final int EVENTS_PER_PAGE = 1_000;
    private static final int EVENTS_PER_SUM = 10_000;
    private static final Duration SETTLE = Duration.ofSeconds(2);

    private final EventLog log;
    private final EventSearch search;
    private final Sessions sessions;
    private final ProjectionLag lag;
    private final GraphAudit graph;

    public Verifier(EventLog log, EventSearch search, Sessions sessions, ProjectionLag lag, GraphAudit graph) {
        this.log = log;
        this.search = search;
        this.sessions = sessions;
        this.lag = lag;
        this.graph = graph;
    }

    /** Compares everything that the ledger holds now, by digest. */
    public Verification verify(Duration patience, Consumer<Long> progress, Consumer<Difference> found) {
        return verify(Depth.DIGEST, patience, progress, found);
    }

    /**
     * Compares everything that the ledger holds now.
     *
     * @param patience how long to wait for the graph to catch up before comparing anyway
     * @param progress told now and then how many events have been compared
     * @param found told each difference as it is found
     */
    public Verification verify(Depth depth, Duration patience, Consumer<Long> progress, Consumer<Difference> found) {
        Head asOf = log.head();
        Run run = new Run(progress, found);
        run.behind = Math.max(0, asOf.seq() - lag.await(asOf.seq(), patience).seenThroughSeq());
        if (depth == Depth.DIGEST) {
            run.addUp(asOf.seq()).forEach(run::compare);
        } else {
            run.compareAll();
        }
        return new Verification(
                asOf, run.behind, run.sessions, run.events, run.unsettled, run.exactly, run.differences);
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

    /** A session of the graph, added up. */
    private SessionDigest graphDigest(SessionId session, long expectedEvents) {
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

    /** One comparison: what it has seen so far. */
    private final class Run {
        private final Consumer<Long> progress;
        private final Consumer<Difference> found;
        private final Map<Difference.Kind, Long> differences = new EnumMap<>(Difference.Kind.class);
        private long behind;
        private long sessions;
        private long events;
        private long unsettled;
        private long exactly;

        Run(Consumer<Long> progress, Consumer<Difference> found) {
            this.progress = progress;
            this.found = found;
        }

        /** Adds up both sides; returns the sessions that differ, or that only one side has. */
        List<SessionId> addUp(long through) {
            Map<SessionId, SessionTally> ledger = addUpLedger(through);
            List<SessionId> differing = new ArrayList<>();
            SessionDigest open = null;
            long added = 0;
            Optional<DigestPage.Place> next = Optional.empty();
            do {
                DigestPage page = graph.digests(next, EVENTS_PER_SUM);
                for (SessionDigest part : page.sessions()) {
                    if (open != null && open.session().equals(part.session())) {
                        open = open.plus(part);
                    } else {
                        settle(open, ledger, differing);
                        open = part;
                    }
                    added += part.events();
                }
                progress.accept((through + Math.min(through, added)) / 2);
                next = page.next();
            } while (next.isPresent());
            settle(open, ledger, differing);
            differing.addAll(ledger.keySet());
            return differing;
        }

        private Map<SessionId, SessionTally> addUpLedger(long through) {
            Map<SessionId, SessionTally> tallies = new HashMap<>();
            long seq = 0;
            while (seq < through) {
                List<RecordedEvent> page = log.read(seq, (int) Math.min(EVENTS_PER_PAGE, through - seq));
                if (page.isEmpty()) {
                    throw new IllegalStateException(
                            "the ledger must give events up to number " + through + ", ends after " + seq);
                }
                page.forEach(event -> tallies.computeIfAbsent(event.event().sessionId(), s -> new SessionTally())
                        .add(event));
                seq = page.getLast().seq();
                progress.accept(seq / 2);
            }
            return tallies;
        }

        private void settle(
                @Nullable SessionDigest actual, Map<SessionId, SessionTally> ledger, List<SessionId> differing) {
            if (actual == null) {
                return;
            }
            SessionId session = actual.session();
            SessionTally tally = ledger.remove(session);
            if (tally != null
                    && tally.digest(session)
                            .orElseGet(() -> SessionTally.of(session, ledgerEvents(session)))
                            .equals(actual)) {
                sessions++;
                events += tally.events();
            } else {
                differing.add(session);
            }
        }

        /** Compares every session of either side event by event. */
        void compareAll() {
            Optional<Cursor> next = Optional.empty();
            do {
                Page<SessionSummary> page = Verifier.this.sessions.list(SESSIONS_PER_PAGE, next);
                page.items().forEach(session -> compare(session.id()));
                next = page.next();
            } while (next.isPresent());
            List<SessionId> page = graph.sessions(Optional.empty(), SESSIONS_PER_PAGE);
            while (!page.isEmpty()) {
                page.stream()
                        .filter(session -> Verifier.this.sessions.find(session).isEmpty())
                        .forEach(this::compare);
                page = graph.sessions(Optional.of(page.getLast()), SESSIONS_PER_PAGE);
            }
        }

        void compare(SessionId session) {
            for (int look = 0; look < LOOKS; look++) {
                List<RecordedEvent> ledger = ledgerEvents(session);
                if (ledger.isEmpty() && Verifier.this.sessions.find(session).isEmpty()) {
                    foreign(session);
                    return;
                }
                if (behind == 0 && !ledger.isEmpty()) {
                    lag.await(ledger.getLast().seq(), SETTLE);
                }
                GraphSnapshot actual = graph.snapshot(session);
                SessionDigest digest = graphDigest(session, ledger.size());
                // Equal counts before and after: nothing joined the session while the graph was read.
                if (Verifier.this
                                .sessions
                                .find(session)
                                .map(SessionSummary::eventCount)
                                .orElse(0L)
                        == ledger.size()) {
                    compare(session, ledger, actual, digest);
                    progress.accept(events);
                    return;
                }
            }
            unsettled++;
        }

        private void compare(
                SessionId session, List<RecordedEvent> ledger, GraphSnapshot actual, SessionDigest digest) {
            InMemoryGraph reference = new InMemoryGraph();
            reference.apply(Projection.project(ledger));
            List<Difference> named = new ArrayList<>();
            SnapshotComparison.compare(session, reference.snapshot(session), actual, named::add);
            if (named.isEmpty() && !digest.equals(SessionTally.of(session, ledger))) {
                named.add(new Difference(
                        Difference.Kind.DIGEST,
                        session,
                        session.value(),
                        "its events and edges are right, but not their sum: the session's own node, a label, or the key"
                                + " of a parent, agent or tool"));
            }
            named.forEach(this::report);
            sessions++;
            exactly++;
            events += ledger.size();
        }

        private void foreign(SessionId session) {
            for (EventId event : graph.snapshot(session).events().keySet()) {
                report(new Difference(
                        Difference.Kind.FOREIGN_EVENT, session, event.toString(), "its session is unknown"));
            }
        }

        private void report(Difference difference) {
            differences.merge(difference.kind(), 1L, Long::sum);
            found.accept(difference);
        }
    }
}
