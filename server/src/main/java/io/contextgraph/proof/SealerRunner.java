// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.archive.ArchiveException;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ops.BackgroundThread;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.storage.StorageException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a {@link LedgerSealer} work as long as a server runs.
 *
 * <p><b>Threads.</b> Safe for threads; works on one of its own.
 */
public final class SealerRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SealerRunner.class);

    /** How often it is looked whether something is due: no more often than a checkpoint may be wanted. */
    private static final Duration LOOK = Duration.ofMillis(250);

    /** What cannot be done now is not tried all the time. */
    private static final Duration TROUBLE = Duration.ofSeconds(2);

    private final LedgerSealer sealer;
    private final BackgroundThread thread;
    private final AtomicLong sealed = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private String said = "";

    public SealerRunner(LedgerSealer sealer) {
        this.sealer = sealer;
        this.thread = new BackgroundThread("proof", this::run);
    }

    public void start() {
        thread.start();
    }

    /** How far it is. */
    public SealerState state() {
        return sealer.state();
    }

    private void run() {
        try (sealer) {
            Duration rest = Duration.ZERO;
            while (!thread.stoppedWithin(rest)) {
                rest = stepped() ? LOOK : TROUBLE;
            }
            boolean ignored = stepped();
        }
    }

    /** Whether a step came to its end. */
    boolean stepped() {
        try {
            long ignored = sealed.addAndGet(sealer.step());
            said = "";
            return true;
        } catch (LedgerException
                | StorageException
                | ProofException
                | TileException
                | ArchiveException
                | UncheckedIOException now) {
            say(String.valueOf(now.getMessage()));
        } catch (RuntimeException defect) {
            LOG.error("proof: a defect; trying again", defect);
        }
        long ignored = failures.incrementAndGet();
        return false;
    }

    private void say(String why) {
        if (!why.equals(said)) {
            LOG.warn("proof: nothing is signed now: {}", why);
            said = why;
        }
    }

    /** How many events this process has signed for. */
    long sealed() {
        return sealed.get();
    }

    /** How many steps have failed. */
    long failures() {
        return failures.get();
    }

    /** Signs for the last time, for a bounded time, and lets another server do it from then on. */
    @Override
    public void close() {
        sealer.end();
        thread.close();
    }
}
