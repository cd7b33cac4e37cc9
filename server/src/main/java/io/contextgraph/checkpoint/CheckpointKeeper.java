// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.checkpoint;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ops.BackgroundThread;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the checkpoint of a running server up to date, and tells as soon as the ledger has become shorter: before the first
 * one is written, and whenever Redis has started again meanwhile.
 *
 * <p><b>Threads.</b> Safe for threads; works on one of its own.
 */
public final class CheckpointKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointKeeper.class);

    /** What was appended within this time before a crash may be missing without being noticed. */
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Checkpoints checkpoints;
    private final BackgroundThread thread;
    private final InstantSource clock;
    private volatile Optional<Finding> found = Optional.empty();
    private volatile Instant wholeAt;

    /** A keeper that {@link #start} sets going. */
    public CheckpointKeeper(Checkpoints checkpoints, InstantSource clock) {
        this.checkpoints = checkpoints;
        this.clock = clock;
        this.wholeAt = clock.instant();
        this.thread = new BackgroundThread("checkpoint", this::run);
    }

    /** Looks for the first time, and goes on by itself. */
    public void start() {
        step();
        thread.start();
    }

    /** What was found last. */
    List<Finding> found() {
        return found.stream().toList();
    }

    private void run() {
        while (!thread.stoppedWithin(PAUSE)) {
            step();
        }
        step();
    }

    /** Looks once, and writes where all is well. */
    void step() {
        try {
            become(checkpoints.keep());
        } catch (LedgerException away) {
            // Of that the ledger's own checks tell.
            LOG.debug("checkpoint: not now", away);
        } catch (IOException unwritten) {
            become(Optional.of(Finding.of(
                    Level.WARNING,
                    "ledger.checkpoint",
                    "cannot be kept: " + unwritten + "; a ledger that becomes shorter would not be noticed: let the"
                            + " server write in data.dir")));
        } catch (RuntimeException defect) {
            LOG.error("checkpoint: a defect; trying again", defect);
        }
    }

    /** When the ledger was last found whole; when this began where it has not been yet. */
    Instant wholeAt() {
        return wholeAt;
    }

    private void become(Optional<Finding> now) {
        if (now.isEmpty()) {
            wholeAt = clock.instant();
        }
        if (!now.equals(found)) {
            found = now;
            now.ifPresent(CheckpointKeeper::log);
        }
    }

    private static void log(Finding finding) {
        if (finding.level() == Level.PROBLEM) {
            LOG.error("{}: {}", finding.subject(), finding.message());
        } else {
            LOG.warn("{}: {}", finding.subject(), finding.message());
        }
    }

    /** Writes for the last time, for a bounded time. */
    @Override
    public void close() {
        thread.close();
    }
}
