// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.DigestPage;
import io.contextgraph.graph.Forgetting;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.SessionDigest;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.prune.PrunedSession;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/** Looks at single sessions on both sides. */
final class Looks {
    /** Most events that one answer of the graph adds up. */
    static final int EVENTS_PER_SUM = 10_000;

    private static final int LOOKS = 5;

    private final Ledger ledger;
    private final Cut cut;
    private final GraphAudit graph;
    private final SessionWalk walk;

    Looks(Ledger ledger, Cut cut, GraphAudit graph) {
        this.ledger = ledger;
        this.cut = cut;
        this.graph = graph;
        this.walk = new SessionWalk(ledger, cut, graph);
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
            Forgetting forgetting = cut.forgetting(session);
            SessionTally tally = new SessionTally();
            SessionTally gone = new SessionTally();
            Optional<SessionWalk.Walked> walked = walk.run(session, seen, stretch -> {
                stretch.compare(found::add);
                stretch.events().forEach(tally::add);
                stretch.gone().forEach(gone::add);
                progress.accept(tally.events());
            });
            // What the graph is about to forget is neither there nor gone.
            if (walked.isEmpty() || walked.get().leftovers() > 0) {
                return Optional.empty();
            }
            if (!cut.forgetting(session).equals(forgetting)) {
                continue;
            }
            boolean known = walked.get().known();
            long left = walked.get().events();
            long count = walk.events(session);
            Optional<PrunedSession> kept = gone.events() > 0 || count != left ? cut.of(session) : Optional.empty();
            // Who has left the ledger while it was gone through may have been met there.
            boolean settled = count == left + kept.map(PrunedSession::events).orElse(0L);
            Optional<String> fault = Cut.fault(kept, gone);
            if (fault.isPresent() && (settled || !known)) {
                found.add(new Difference(Difference.Kind.ARCHIVED, session, session.value(), fault.get()));
            }
            // What else differs has been settled stretch by stretch; a sum is of the whole.
            if (!known || (!found.none() && (settled || fault.isEmpty()))) {
                return Optional.of(new Look(known, tally.events(), found, false, fault.isEmpty()));
            }
            SessionDigest sum = sum(session, tally.events());
            if (settled && walk.events(session) == count) {
                boolean onlySum = !tally.digest(session).filter(sum::equals).isPresent();
                if (onlySum) {
                    found.add(new Difference(
                            Difference.Kind.DIGEST,
                            session,
                            session.value(),
                            "its events and edges are right, but not their sum: the session's own node, a label, or the key of"
                                    + " a parent, agent or tool"));
                }
                return Optional.of(new Look(true, tally.events(), found, onlySum, true));
            }
        }
        return Optional.empty();
    }

    /** What the session's events must add up to; empty where what has gone leaves their order open. */
    Optional<SessionDigest> expected(SessionId session) {
        SessionTally tally = cut.tally(session);
        EventSearch search = ledger.partitionOf(session).search();
        EventQuery query = SessionWalk.inTime(session);
        EventPage page = search.search(query);
        page.events().forEach(tally::add);
        while (page.next().isPresent()) {
            page = search.search(query.withCursor(page.next().get()));
            page.events().forEach(tally::add);
        }
        return tally.digest(session);
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
