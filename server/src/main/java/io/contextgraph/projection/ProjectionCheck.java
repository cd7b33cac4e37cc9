// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at who feeds the graph in this process, and how far the graph is. */
public final class ProjectionCheck implements Check {
    /** This server feeds the graph, and waits for a store. */
    static final Concern WAITING = Concern.degrading("projection_waiting");

    /** This server feeds the graph, which is behind, and for a while nothing has been projected. */
    static final Concern STALLED = Concern.degrading("projection_stalled");

    private final ProjectionLag lag;
    private final Optional<WorkerRunner> runner;
    private final Standstill standstill;

    /** @param runner who feeds the graph here; empty where that is left to others */
    public ProjectionCheck(ProjectionLag lag, Optional<WorkerRunner> runner, InstantSource clock) {
        this.lag = lag;
        this.runner = runner;
        this.standstill = new Standstill(clock);
    }

    @Override
    public String name() {
        return "projection";
    }

    @Override
    public Concern unavailable() {
        return WAITING;
    }

    @Override
    public Set<Concern> concerns() {
        return Set.of(WAITING, STALLED);
    }

    /** Ready while this process feeds the graph, and that gets somewhere. */
    @Override
    public Checked look() {
        WorkerRunner feeder = runner.orElse(null);
        if (feeder == null) {
            return new Checked(false, List.of());
        }
        WorkerRunner.Status status = feeder.status();
        return switch (status.state()) {
            case STARTING, STOPPED -> new Checked(false, List.of());
            case WAITING ->
                new Checked(
                        false,
                        List.of(warning("waits for a store: " + status.error().orElse("no reason given"))
                                .as(WAITING)));
            case WORKING ->
                stands(feeder)
                        ? new Checked(
                                false,
                                List.of(warning("the graph is behind, and nothing has been projected for a while")
                                        .as(STALLED)))
                        : new Checked(true, List.of());
        };
    }

    private Finding warning(String message) {
        return Finding.of(Level.WARNING, name(), message);
    }

    private boolean stands(WorkerRunner feeder) {
        try {
            return standstill.lasts(lag.now(), feeder.worker().counters().projected());
        } catch (LedgerException away) {
            // Of that the ledger's own check tells.
            return false;
        }
    }

    @Override
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>(look().findings());
        try {
            EventFeed.Progress progress = lag.now();
            findings.add(Finding.of(
                    progress.lag() == 0 ? Level.OK : Level.WARNING,
                    name(),
                    "the graph has " + progress.seenThroughSeq() + " of "
                            + progress.head().seq() + " events, " + progress.pending() + " in work"));
            if (progress.parked() > 0) {
                findings.add(Finding.of(
                        Level.WARNING,
                        "parked",
                        progress.parked() + " events could not be projected: see contextgraph parked"));
            }
        } catch (LedgerException damaged) {
            findings.add(Finding.of(
                    Level.PROBLEM, name(), "how far the graph has come cannot be told: " + damaged.getMessage()));
        }
        return findings;
    }
}
