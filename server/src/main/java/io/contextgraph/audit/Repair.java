// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphRepair;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.Removal;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.Parking;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.Projector;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Makes the graph what the ledger says: projects what is missing, corrects what differs, takes out what is foreign.
 *
 * <p><b>Guarantees.</b> Idempotent, and safe beside live traffic: an event goes only when the ledger does not have it, or has
 * another one of its id in a partition before. Of these the graph has the one that the ledger {@linkplain
 * io.contextgraph.ledger.EventLog#find answers} with; the others are told as what is left. Each session that was touched is
 * compared again afterwards, event by event, and once more where it still differs. What tells of a node's use is left as it is.
 *
 * <p><b>Units and bounds.</b> Holds what {@link Verifier} holds, and the ids of up to {@value Projector#REMEMBERED} parked events.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.graph.GraphException} and {@link io.contextgraph.ledger.LedgerException} when a
 * store is away: what is done is done, begin again later.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public final class Repair {
    private static final int PASSES = 3;
    private static final int AT_ONCE = 1_000;

    private final Verifier verifier;
    private final Parking parking;
    private final GraphSink sink;
    private final GraphRepair graph;

    /** @param parking the events that the graph refuses, as far as is known */
    public Repair(Verifier verifier, Parking parking, GraphSink sink, GraphRepair graph) {
        this.verifier = verifier;
        this.parking = parking;
        this.sink = sink;
        this.graph = graph;
    }

    /**
     * Repairs every session that differs.
     *
     * @param depth how differing sessions are found
     * @param patience how long to wait for the graph to catch up before repairing anyway
     * @param found given the differences that there were, and the sessions that are not settled
     */
    public Repaired run(Verifier.Depth depth, Duration patience, Watcher watcher, Findings found) {
        sink.prepare();
        return run(depth, patience, watcher, found, projector());
    }

    /** One that knows what is parked. */
    Projector projector() {
        Set<EventId> parked = new HashSet<>();
        List<ParkedEntry> page = parking.list(Optional.empty(), AT_ONCE);
        while (!page.isEmpty() && parked.size() < Projector.REMEMBERED) {
            page.forEach(entry -> entry.eventId().ifPresent(parked::add));
            page = parking.list(Optional.of(page.getLast().id()), AT_ONCE);
        }
        return new Projector(sink, parked);
    }

    /** With a projector that knows already what the graph refuses. */
    Repaired run(Verifier.Depth depth, Duration patience, Watcher watcher, Findings found, Projector projector) {
        long before = projector.projected();
        Verifier.Caught from = verifier.catchUp(patience);
        long through = from.ends().events();
        long tidied = 0;
        for (int gone = graph.removeNameless(AT_ONCE); gone > 0; gone = graph.removeNameless(AT_ONCE)) {
            tidied += gone;
            watcher.at(AuditPhase.REPAIRING, tidied, tidied);
        }
        Mending mending = new Mending(found, projector);
        if (depth == Verifier.Depth.DIGEST) {
            verifier.suspects().byDigest(from.ends(), watcher, events -> mending.events += events, differing -> {
                for (int done = 0; done < differing.size(); done++) {
                    long soFar = done;
                    watcher.at(AuditPhase.REPAIRING, soFar, differing.size());
                    mending.session(
                            differing.get(done), events -> watcher.at(AuditPhase.REPAIRING, soFar, differing.size()));
                }
            });
        } else {
            verifier.suspects()
                    .all(session -> mending.session(
                            session,
                            events -> watcher.at(
                                    AuditPhase.COMPARING, Math.min(through, mending.events + events), through)));
        }
        mending.others();
        for (int gone = graph.tidy(AT_ONCE); gone > 0; gone = graph.tidy(AT_ONCE)) {
            tidied += gone;
            watcher.at(AuditPhase.REPAIRING, tidied, tidied);
        }
        return new Repaired(
                from.ends().positions(),
                mending.events,
                mending.sessions,
                projector.projected() - before,
                found.counts(),
                mending.left.counts(),
                found.unsettledCount(),
                tidied,
                projector.refused());
    }

    /** One repair: what it has done so far. */
    private final class Mending {
        private final Projector projector;
        private final Findings found;
        private final Findings left = new Findings(0);
        private final Set<SessionId> others = new LinkedHashSet<>();
        private long events;
        private long sessions;

        Mending(Findings found, Projector projector) {
            this.found = found;
            this.projector = projector;
        }

        void session(SessionId session, LongConsumer progress) {
            if (others.size() >= Suspects.MOST_SESSIONS) {
                others();
            }
            others.remove(session);
            mend(session, found, progress);
        }

        /** Those that have lost an event to a partition before, and whose own turn is over. */
        void others() {
            List<SessionId> all = List.copyOf(others);
            others.clear();
            long own = events;
            // What they lost was told where it went.
            all.forEach(session -> mend(session, new Findings(0), done -> {}));
            events = own;
            if (!others.isEmpty()) {
                others();
            }
        }

        private void mend(SessionId session, Findings told, LongConsumer progress) {
            Findings before = new Findings(0);
            for (int pass = 0; ; pass++) {
                Optional<Look> look = verifier.looks().at(session, seq -> true, pass == 0 ? told.room() : 0, progress);
                if (look.isEmpty()) {
                    found.unsettled(session);
                    return;
                }
                Findings differences = look.get().found();
                if (pass == 0) {
                    told.addAll(differences);
                    events += look.get().events();
                }
                if (differences.none()) {
                    sessions += pass > 0 ? 1 : 0;
                    return;
                }
                // What is the same after a pass does not go away with another one.
                if (pass == PASSES || differences.sameAs(before)) {
                    left.addAll(differences);
                    return;
                }
                before = differences;
                if (!putRight(session, look.get(), progress)) {
                    found.unsettled(session);
                    return;
                }
            }
        }

        /**
         * Takes out first: events that are projected then find their neighbours without what is foreign.
         *
         * @return false when the session changed each time
         */
        private boolean putRight(SessionId session, Look look, LongConsumer progress) {
            SessionWalk walk = verifier.looks().walk();
            return walk.run(session, seq -> true, stretch -> {
                                graph.remove(session, stretch.removal(look.whole()));
                                stretch.displaced().forEach(this::makeRoom);
                                projector.project(stretch.elsewhere());
                                progress.accept(0);
                            })
                            .isPresent()
                    && walk.run(session, seq -> true, stretch -> {
                                project(stretch.wrong(look.onlySum(), look.whole()), stretch);
                                progress.accept(0);
                            })
                            .isPresent();
        }

        private void makeRoom(Displaced displaced) {
            if (displaced.first()) {
                EventId id = displaced.event().event().id();
                graph.remove(displaced.other(), new Removal(List.of(id), List.of(), Map.of()));
                others.add(displaced.other());
            }
        }

        private void project(List<RecordedEvent> wrong, Stretch stretch) {
            if (wrong.isEmpty()) {
                return;
            }
            projector.project(wrong);
            List<String> ends = List.copyOf(stretch.ends());
            for (int end = 0; end < ends.size(); end += AT_ONCE) {
                graph.writeKeys(ends.subList(end, Math.min(ends.size(), end + AT_ONCE)));
            }
        }
    }
}
