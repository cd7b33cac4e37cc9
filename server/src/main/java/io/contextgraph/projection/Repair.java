// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphRepair;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.Parking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the graph what the ledger says: projects what is missing, corrects what differs, takes out what is foreign.
 *
 * <p><b>Guarantees.</b> Idempotent, and safe beside live traffic: an event goes only when the ledger does not have it, and
 * each session that was touched is compared again afterwards, event by event, and once more where it still differs. What
 * tells of a node's use is left as it is.
 *
 * <p><b>Units and bounds.</b> Holds a few numbers for each session, the events of one session at a time, and the ids of
 * up to {@value Projector#REMEMBERED} parked events.
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
    private final EventLog log;
    private final Parking parking;
    private final GraphSink sink;
    private final GraphRepair graph;

    /** @param parking the events that the graph refuses, as far as is known */
    public Repair(Verifier verifier, EventLog log, Parking parking, GraphSink sink, GraphRepair graph) {
        this.verifier = verifier;
        this.log = log;
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
        long through = from.asOf().seq();
        long tidied = 0;
        for (int gone = graph.removeNameless(AT_ONCE); gone > 0; gone = graph.removeNameless(AT_ONCE)) {
            tidied += gone;
            watcher.at(Watcher.Phase.REPAIRING, tidied, tidied);
        }
        Run run = new Run(found, projector);
        if (depth == Verifier.Depth.DIGEST) {
            List<SessionId> differing = verifier.suspects().byDigest(through, watcher, events -> run.events += events);
            long done = 0;
            for (SessionId session : differing) {
                watcher.at(Watcher.Phase.REPAIRING, done++, differing.size());
                run.session(session);
            }
        } else {
            verifier.suspects().all(session -> {
                run.session(session);
                watcher.at(Watcher.Phase.COMPARING, Math.min(through, run.events), through);
            });
        }
        for (int gone = graph.tidy(AT_ONCE); gone > 0; gone = graph.tidy(AT_ONCE)) {
            tidied += gone;
            watcher.at(Watcher.Phase.REPAIRING, tidied, tidied);
        }
        return new Repaired(
                from.asOf(),
                run.events,
                run.sessions,
                projector.projected() - before,
                found.counts(),
                run.left.counts(),
                found.unsettledCount(),
                tidied,
                projector.refused());
    }

    /** One repair: what it has done so far. */
    private final class Run {
        private final Projector projector;
        private final Findings found;
        private final Findings left = new Findings(0);
        private long events;
        private long sessions;

        Run(Findings found, Projector projector) {
            this.found = found;
            this.projector = projector;
        }

        void session(SessionId session) {
            List<Difference> before = List.of();
            for (int pass = 0; ; pass++) {
                Optional<Look> look = verifier.looks().at(session, seq -> true);
                if (look.isEmpty()) {
                    found.unsettled(session);
                    return;
                }
                List<Difference> differences = look.get().differences();
                if (pass == 0) {
                    differences.forEach(found::add);
                    events += look.get().ledger().size();
                }
                if (differences.isEmpty()) {
                    sessions += pass > 0 ? 1 : 0;
                    return;
                }
                // What is the same after a pass does not go away with another one.
                if (pass == PASSES || differences.equals(before)) {
                    differences.forEach(left::add);
                    return;
                }
                before = differences;
                putRight(look.get(), differences);
            }
        }

        /** Takes out first: events that are projected then find their neighbours without what is foreign. */
        private void putRight(Look look, List<Difference> differences) {
            Set<EventId> gone = new HashSet<>();
            List<RecordedEvent> elsewhere = new ArrayList<>();
            for (EventId foreign : look.foreignEvents()) {
                log.find(foreign).ifPresentOrElse(elsewhere::add, () -> gone.add(foreign));
            }
            graph.remove(look.session(), look.removal(gone));
            projector.project(elsewhere);
            projector.project(look.differing(differences));
            List<String> ends = List.copyOf(look.ends());
            for (int end = 0; end < ends.size(); end += AT_ONCE) {
                graph.writeKeys(ends.subList(end, Math.min(ends.size(), end + AT_ONCE)));
            }
        }
    }
}
