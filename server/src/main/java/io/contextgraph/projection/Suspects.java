// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Page;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.DigestPage;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.SessionDigest;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Finds the sessions that need a look of their own. */
final class Suspects {
    private static final int SESSIONS_PER_PAGE = 1_000;
    private static final int EVENTS_PER_PAGE = 1_000;

    private final EventLog log;
    private final Sessions sessions;
    private final GraphAudit graph;
    private final Looks looks;

    Suspects(EventLog log, Sessions sessions, GraphAudit graph, Looks looks) {
        this.log = log;
        this.sessions = sessions;
        this.graph = graph;
        this.looks = looks;
    }

    /** Every session of either side. */
    void all(Consumer<SessionId> each) {
        Optional<Cursor> next = Optional.empty();
        do {
            Page<SessionSummary> page = sessions.list(SESSIONS_PER_PAGE, next);
            page.items().forEach(session -> each.accept(session.id()));
            next = page.next();
        } while (next.isPresent());
        List<SessionId> page = graph.sessions(Optional.empty(), SESSIONS_PER_PAGE);
        while (!page.isEmpty()) {
            page.stream().filter(session -> sessions.find(session).isEmpty()).forEach(each);
            page = graph.sessions(Optional.of(page.getLast()), SESSIONS_PER_PAGE);
        }
    }

    /**
     * Adds up both sides; half of the work is either side's.
     *
     * @param through number of the last event of the ledger to consider
     * @param equal told the number of events of each session that is the same on both sides
     * @return the sessions that differ, or that only one side has
     */
    List<SessionId> byDigest(long through, Watcher watcher, LongConsumer equal) {
        Map<SessionId, SessionTally> ledger = addUpLedger(through, watcher);
        List<SessionId> differing = new ArrayList<>();
        SessionDigest open = null;
        long added = 0;
        Optional<DigestPage.Place> next = Optional.empty();
        do {
            DigestPage page = graph.digests(next, Looks.EVENTS_PER_SUM);
            for (SessionDigest part : page.sessions()) {
                if (open != null && open.session().equals(part.session())) {
                    open = open.plus(part);
                } else {
                    settle(open, ledger, equal, differing);
                    open = part;
                }
                added += part.events();
            }
            watcher.at(Watcher.Phase.COMPARING, (through + Math.min(through, added)) / 2, through);
            next = page.next();
        } while (next.isPresent());
        settle(open, ledger, equal, differing);
        differing.addAll(ledger.keySet());
        return differing;
    }

    private Map<SessionId, SessionTally> addUpLedger(long through, Watcher watcher) {
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
            watcher.at(Watcher.Phase.COMPARING, seq / 2, through);
        }
        return tallies;
    }

    private void settle(
            @Nullable SessionDigest actual,
            Map<SessionId, SessionTally> ledger,
            LongConsumer equal,
            List<SessionId> differing) {
        if (actual == null) {
            return;
        }
        SessionId session = actual.session();
        SessionTally tally = ledger.remove(session);
        if (tally != null
                && tally.digest(session)
                        .orElseGet(() -> SessionTally.of(session, looks.events(session)))
                        .equals(actual)) {
            equal.accept(tally.events());
        } else {
            differing.add(session);
        }
    }
}
