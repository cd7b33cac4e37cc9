// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.Operations;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.ops.BackgroundThread;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a backup when the newest one is older than an interval; of several servers on one ledger one does so at a time.
 *
 * <p><b>Guarantees.</b> One that failed is tried again. Nothing that goes wrong here reaches whoever serves. With an interval of
 * zero it only looks at what there is.
 *
 * <p><b>Threads.</b> Safe for threads; works on one of its own.
 */
public final class BackupSchedule implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackupSchedule.class);
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMinutes(5);
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private final BackupWork work;
    private final Operations operations;
    private final AuditTrail trail;
    private final Duration interval;
    private final boolean verifies;
    private final InstantSource clock;
    private final BackgroundThread thread;
    private volatile BackupStanding standing;

    /**
     * A schedule that {@link #start} sets going.
     *
     * @param operations in which each is to be seen
     * @param trail on which each is recorded
     * @param interval zero for none
     * @param verifies whether each is to be verified
     */
    public BackupSchedule(
            BackupWork work,
            Operations operations,
            AuditTrail trail,
            Duration interval,
            boolean verifies,
            InstantSource clock) {
        this.work = work;
        this.operations = operations;
        this.trail = trail;
        this.interval = interval;
        this.verifies = verifies;
        this.clock = clock;
        this.standing = BackupStanding.unknown(interval);
        this.thread = new BackgroundThread("backups", this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        Duration rest = FIRST;
        while (!thread.stoppedWithin(rest)) {
            rest = step();
        }
    }

    /**
     * Looks, and takes one where that is due.
     *
     * @return after how long to do so again
     */
    Duration step() {
        try {
            look();
            if (standing.isDue(clock.instant()) && hasEvents()) {
                Optional<Backup> taken = work.runIfFree(operations, trail, thread::stoppedWithin);
                taken.ifPresent(backup -> LOG.info(
                        "backups: {} was taken: {}", backup.id(), backup.trial().detail()));
                look();
            }
            return LOOK.compareTo(interval) > 0 && standing.isScheduled() ? interval : LOOK;
        } catch (CancellationException ends) {
            LOG.debug("backups: ends", ends);
        } catch (LedgerException | WorkFailedException away) {
            fail(away);
        } catch (RuntimeException defect) {
            LOG.error("backups: a defect; trying again", defect);
            fail(defect);
        }
        return AGAIN;
    }

    private boolean hasEvents() {
        return work.epochs().now().identity().id().isPresent();
    }

    private void fail(RuntimeException error) {
        String message = String.valueOf(error.getMessage());
        if (standing.failure().isEmpty()) {
            LOG.warn("backups: trying again: {}", message);
        }
        standing = standing.failing(Optional.of(message));
    }

    /**
     * Looks at what there is.
     *
     * @throws WorkFailedException where that cannot be seen
     */
    void look() {
        List<Backup> own =
                work.epochs().now().identity().id().map(work.backups()::of).orElse(List.of());
        Optional<Backup> newest = own.stream().findFirst();
        standing = new BackupStanding(
                interval,
                newest,
                own.stream().filter(backup -> backup.trial().verified()).findFirst(),
                newest.filter(backup -> standing.isScheduled()
                                && verifies
                                && !backup.trial().verified())
                        .map(backup -> backup.id() + " is not verified: "
                                + backup.trial().detail())
                        .or(() -> work.backups().unforgotten()));
    }

    BackupStanding standing() {
        return standing;
    }

    boolean verifies() {
        return verifies;
    }

    /** Ends what it does, for a bounded time. */
    @Override
    public void close() {
        thread.close();
    }
}
