// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.ops.BackgroundThread;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs retention again and again: soon after the start, then by its interval, and more often while memory is scarce.
 *
 * <p><b>Threads.</b> Safe for threads; works on one of its own.
 */
public final class RetentionSchedule implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RetentionSchedule.class);
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration WHILE_SCARCE = Duration.ofSeconds(10);

    private final Retention retention;
    private final BackgroundThread thread;
    private final AtomicLong runs = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile Optional<String> failure = Optional.empty();

    /** A schedule that {@link #start} sets going. */
    public RetentionSchedule(Retention retention) {
        this.retention = retention;
        this.thread = new BackgroundThread("retention", this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        Duration rest = shorter(FIRST);
        while (!thread.stoppedWithin(rest)) {
            rest = step();
        }
    }

    /**
     * Runs once.
     *
     * @return after how long to do so again
     */
    Duration step() {
        boolean scarce = false;
        try {
            retention.runIfFree(thread::stoppedWithin).ifPresent(this::count);
            failure = Optional.empty();
            scarce = retention.isScarce();
        } catch (CancellationException ends) {
            LOG.debug("retention: ends", ends);
        } catch (LedgerException | WorkFailedException away) {
            fail(away);
        } catch (RuntimeException defect) {
            LOG.error("retention: a defect; trying again", defect);
            fail(defect);
        }
        return scarce ? shorter(WHILE_SCARCE) : retention.settings().interval();
    }

    private Duration shorter(Duration wished) {
        Duration interval = retention.settings().interval();
        return wished.compareTo(interval) < 0 ? wished : interval;
    }

    private void count(RetentionReport report) {
        long ignored = runs.incrementAndGet();
        if (report.entries() > 0) {
            LOG.info(
                    "retention: {} entries have left the streams, and {} streams of sessions",
                    report.entries(),
                    report.sessionStreams());
        }
        report.ceiling()
                .filter(gone -> gone.events() > 0)
                .ifPresent(gone -> LOG.info(
                        "retention: {} events have left the ledger, recorded before {}; {} segments were written",
                        gone.events(),
                        gone.before(),
                        gone.segments()));
    }

    private void fail(RuntimeException error) {
        long ignored = failed.incrementAndGet();
        String message = String.valueOf(error.getMessage());
        if (failure.isEmpty()) {
            LOG.warn("retention: waiting: {}", message);
        }
        failure = Optional.of(message);
    }

    /** Why the last run failed; empty where it did not. */
    Optional<String> failure() {
        return failure;
    }

    /** How many runs have ended well. */
    long runs() {
        return runs.get();
    }

    /** How many have failed. */
    long failed() {
        return failed.get();
    }

    /** How many entries this process has taken, also in runs that did not end well. */
    long entries() {
        return retention.taken();
    }

    /** How many segments this process has written. */
    long segments() {
        return retention.ceiling().segments();
    }

    /** How many events have left the ledger by this process. */
    long pruned() {
        return retention.ceiling().events();
    }

    /** Ends at the next step, for a bounded time. */
    @Override
    public void close() {
        thread.close();
    }
}
