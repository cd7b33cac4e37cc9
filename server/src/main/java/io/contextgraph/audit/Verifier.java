// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.Stray;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.GraphLag;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compares the graph with what the ledger says it must be.
 *
 * <p><b>Guarantees.</b> By {@linkplain Depth#DIGEST digest}, sessions are added up on both sides, and only those that
 * differ are looked at event by event; {@linkplain Depth#EXACT exactly}, all are. Either way every difference that shows is
 * named: events and edges that are missing, foreign or double, every property, and ids that several partitions have taken.
 * Writers may go on meanwhile: a session that changes while it is looked at is looked at again, and called different only
 * when the graph had seen what the ledger had; else it is not settled.
 *
 * <p><b>Units and bounds.</b> Holds a few numbers for each of up to {@value Suspects#MOST_SESSIONS} sessions, and what differs
 * among them; of more it reads both sides as often as it takes. Of one session it holds {@value SessionWalk#STRETCH} events.
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

    private static final int STRAYS = 100;

    private final Ledger ledger;
    private final GraphLag lag;
    private final GraphAudit graph;
    private final Looks looks;
    private final Suspects suspects;

    /** @param lag how far {@code graph} is behind {@code ledger} */
    public Verifier(Ledger ledger, GraphLag lag, GraphAudit graph) {
        this(ledger, lag, graph, Suspects.MOST_SESSIONS);
    }

    Verifier(Ledger ledger, GraphLag lag, GraphAudit graph, int mostSessions) {
        this.ledger = ledger;
        this.lag = lag;
        this.graph = graph;
        Cut cut = new Cut(ledger);
        this.looks = new Looks(ledger, cut, graph);
        this.suspects = new Suspects(ledger, cut, graph, looks, mostSessions);
    }

    Looks looks() {
        return looks;
    }

    Suspects suspects() {
        return suspects;
    }

    /** Waits until the graph has seen what the ledger has now, as long as there is patience. */
    Caught catchUp(Duration patience) {
        Ends ends = Ends.of(ledger);
        Duration left = patience;
        long behind = 0;
        for (int partition = 0; partition < ends.seqs().size(); partition++) {
            long seq = ends.seqs().get(partition);
            long lacks = seq - lag.partitions().get(partition).await(seq, left).seenThroughSeq();
            if (lacks > 0) {
                behind += lacks;
                // The others have had as long.
                left = Duration.ZERO;
            }
        }
        return new Caught(ends, behind);
    }

    /**
     * Where a comparison begins.
     *
     * @param ends where the ledger ended
     * @param behind how many events the graph is behind it
     */
    record Caught(Ends ends, long behind) {}

    /** Compares everything that the ledger holds now, by digest. */
    public Verification verify(Duration patience, Watcher watcher, Findings found) {
        return verify(Depth.DIGEST, patience, watcher, found);
    }

    /**
     * Compares everything that the ledger holds now.
     *
     * @param patience how long to wait for the graph to catch up before comparing anyway, and later for a graph that does not
     *     move
     * @param found given the differences, and the sessions that are not settled
     */
    public Verification verify(Depth depth, Duration patience, Watcher watcher, Findings found) {
        Caught from = catchUp(patience);
        Comparison comparison = new Comparison(from, settlings(patience), watcher, found);
        if (depth == Depth.DIGEST) {
            suspects.byDigest(
                    from.ends(), watcher, comparison::equal, differing -> differing.forEach(comparison::compare));
        } else {
            suspects.all(comparison::compare);
        }
        List<Stray> strays = strays();
        return new Verification(
                from.ends().positions(),
                from.behind(),
                comparison.sessions,
                comparison.events,
                found.unsettledCount(),
                comparison.exactly,
                found.counts(),
                strays);
    }

    private List<Settling> settlings(Duration patience) {
        return lag.partitions().stream()
                .map(partition -> new Settling(partition, patience))
                .toList();
    }

    /** Those that are there twice: a writer's node may show before the edge that accounts for it. */
    private List<Stray> strays() {
        List<Stray> strays = graph.strays(STRAYS);
        if (strays.isEmpty()) {
            return strays;
        }
        Set<Stray> again = Set.copyOf(graph.strays(STRAYS));
        return strays.stream().filter(again::contains).toList();
    }

    /** One comparison: what it has seen so far. */
    private final class Comparison {
        private final Caught from;
        private final Watcher watcher;
        private final Findings found;
        private final List<Settling> settlings;
        private long sessions;
        private long events;
        private long exactly;

        Comparison(Caught from, List<Settling> settlings, Watcher watcher, Findings found) {
            this.from = from;
            this.settlings = settlings;
            this.watcher = watcher;
            this.found = found;
        }

        void equal(long count) {
            sessions++;
            events += count;
        }

        void compare(SessionId session) {
            Settling settling = settlings.get(ledger.partitionOf(session).number());
            Optional<Look> look = looks.at(session, settling::hasSeen, found.room(), this::tell);
            if (look.isEmpty()) {
                found.unsettled(session);
                return;
            }
            found.addAll(look.get().found());
            if (look.get().known()) {
                exactly++;
                equal(look.get().events());
                tell(0);
            }
        }

        private void tell(long more) {
            long through = from.ends().events();
            watcher.at(AuditPhase.COMPARING, Math.min(through, events + more), through);
        }
    }
}
