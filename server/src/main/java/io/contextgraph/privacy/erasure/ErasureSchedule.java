// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.operation.Operation;
import io.contextgraph.operation.Operations;
import io.contextgraph.ops.BackgroundThread;
import io.contextgraph.privacy.erasure.ErasureReport.State;
import io.contextgraph.privacy.key.Pseudonym;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has erasures go on that are not at their end: those that broke off with the server that did them, and those whose hold is
 * released. When it begins, all erasures there ever were are replayed on the ledger, which may be one that was restored.
 *
 * <p><b>Errors.</b> None: what fails is logged, and tried again.
 *
 * <p><b>Threads.</b> Has one of its own.
 */
public final class ErasureSchedule implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ErasureSchedule.class);
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final PersonalHolds holds;
    private final Eraser eraser;
    private final ErasureReplay replay;
    private final Operations operations;
    private final BackgroundThread thread = new BackgroundThread("erasures", this::run);

    private boolean replayed;

    public ErasureSchedule(Ledger ledger, Eraser eraser, ErasureReplay replay, Operations operations) {
        this.holds = new PersonalHolds(ledger);
        this.eraser = eraser;
        this.replay = replay;
        this.operations = operations;
    }

    /** Begins: at once, and again and again. */
    public void start() {
        thread.start();
    }

    private void run() {
        do {
            look();
        } while (!thread.stoppedWithin(PAUSE));
    }

    /** Looks once more, soon: a hold is released. */
    public void hurry() {
        thread.wake();
    }

    /** Replays all erasures there ever were, before anything is read; what fails is tried again later. */
    public synchronized void replay() {
        if (replayed) {
            return;
        }
        try {
            ErasureReplay.Replayed done = replay.run();
            replayed = true;
            if (done.fences() + done.payloads() > 0) {
                LOG.info("privacy: erasures were replayed on a ledger that did not know all of them: {}", done);
            }
        } catch (RuntimeException failed) {
            LOG.warn("privacy: erasures could not be replayed yet: {}", failed.getMessage());
        }
    }

    private void look() {
        replay();
        try {
            goOn();
        } catch (RuntimeException failed) {
            LOG.warn("privacy: erasures that are not at their end wait: {}", failed.getMessage());
        }
    }

    private void goOn() {
        List<List<Pseudonym>> begun = eraser.begun();
        Set<SessionId> held = begun.isEmpty() ? Set.of() : holds.all();
        for (List<Pseudonym> names : begun) {
            try {
                goOn(names, held);
            } catch (RuntimeException failed) {
                LOG.warn("privacy: the erasure of {} waits: {}", names.getFirst(), failed.getMessage());
            }
        }
    }

    private void goOn(List<Pseudonym> names, Set<SessionId> held) {
        boolean waits = eraser.report(names.getFirst())
                .filter(report -> report.state() == State.HELD)
                .filter(report -> report.heldBy().stream().anyMatch(held::contains))
                .isPresent();
        if (!waits) {
            Optional<Operation> started = operations.start(new ErasureWork(eraser, names, false));
            started.ifPresent(one -> LOG.info("privacy: the erasure of {} goes on: {}", names.getFirst(), one.id()));
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
