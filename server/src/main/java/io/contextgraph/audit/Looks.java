// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.DigestPage;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.SessionDigest;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Ledger;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/** Looks at single sessions on both sides. */
final class Looks {
    /** Most events that one answer of the graph adds up. */
    static final int EVENTS_PER_SUM = 10_000;

    private static final int LOOKS = 5;

    private final EventSearch search;
    private final GraphAudit graph;
    private final SessionWalk walk;

    Looks(Ledger ledger, GraphAudit graph) {
        this.search = ledger.search();
        this.graph = graph;
        this.walk = new SessionWalk(ledger, graph);
    }

    SessionWalk walk() {
        return walk;
    }

    /**
     * Looks at a session, again while it changes.
     *
     * @param seen whether the graph has seen what the ledger has up to a number
     * @param naming most differences to name
     * @param progress told how many events of the session have been compared
     * @return empty when it had not, or when the session changed each time
     */
    Optional<Look> at(SessionId session, LongPredicate seen, int naming, LongConsumer progress) {
        for (int look = 0; look < LOOKS; look++) {
            Findings found = new Findings(naming);
            SessionTally tally = new SessionTally();
            Optional<SessionWalk.Walked> walked = walk.run(session, seen, stretch -> {
                stretch.compare(found::add);
                stretch.ledger().forEach(tally::add);
                progress.accept(tally.events());
            });
            if (walked.isEmpty()) {
                return Optional.empty();
            }
            long events = walked.get().events();
            // What differs has been settled stretch by stretch; a sum is of the whole.
            if (!found.none() || !walked.get().known()) {
                return Optional.of(new Look(walked.get().known(), events, found, false));
            }
            SessionDigest sum = sum(session, events);
            if (walk.events(session) == events) {
                boolean onlySum = !tally.digest(session).filter(sum::equals).isPresent();
                if (onlySum) {
                    found.add(new Difference(
                            Difference.Kind.DIGEST,
                            session,
                            session.value(),
                            "its events and edges are right, but not their sum: the session's own node, a label, or the key of"
                                    + " a parent, agent or tool"));
                }
                return Optional.of(new Look(true, events, found, onlySum));
            }
        }
        return Optional.empty();
    }

    /** What the session's events in the ledger must add up to. */
    SessionDigest expected(SessionId session) {
        SessionTally tally = new SessionTally();
        EventQuery query = SessionWalk.inTime(session);
        EventPage page = search.search(query);
        page.events().forEach(tally::add);
        while (page.next().isPresent()) {
            page = search.search(query.withCursor(page.next().get()));
            page.events().forEach(tally::add);
        }
        return tally.digest(session).orElseThrow();
    }

    private SessionDigest sum(SessionId session, long expectedEvents) {
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
