// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.operation;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.OperationStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** One operation of this process: a thread that does it, and one that says so to the others for as long. */
final class Running implements Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(Running.class);

    /** How often in a lease it is renewed, so that one renewal may fail. */
    private static final int RENEWALS = 6;

    private final Work work;
    private final InstantSource clock;
    private final OperationStore store;
    private final Duration lease;
    private final Thread thread;
    private final ReentrantLock saving = new ReentrantLock();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile Operation now;
    private volatile boolean cancelled;
    private volatile boolean ending;
    private volatile boolean settled;
    private long told = System.nanoTime();

    Running(Work work, String id, InstantSource clock, OperationStore store, Duration lease) {
        this.work = work;
        this.clock = clock;
        this.store = store;
        this.lease = lease;
        now = Operation.begun(id, work, clock.instant());
        thread = Thread.ofVirtual().name("operation-" + work.kind()).unstarted(this::run);
    }

    void start() {
        thread.start();
        Thread ignored = Thread.ofVirtual().name("lease-" + work.kind()).start(this::keep);
    }

    /** Remembers how it stands: never an earlier state after a later one. */
    void save() {
        saving.lock();
        try {
            store.save(now.id(), OperationJson.record(now));
        } finally {
            saving.unlock();
        }
    }

    private void run() {
        try {
            end(Operation.State.SUCCEEDED, work.run(this), null);
        } catch (CancellationException asked) {
            end(Operation.State.CANCELLED, null, null);
        } catch (WorkFailedException known) {
            end(Operation.State.FAILED, null, String.valueOf(known.getMessage()));
        } catch (RuntimeException | Error defect) {
            LOG.error("{} failed", now.kind(), defect);
            end(Operation.State.FAILED, null, "failed unexpectedly; the server's log has more");
        }
    }

    private void end(Operation.State state, @Nullable ObjectNode result, @Nullable String error) {
        LOG.info("{} {}{}", now.kind(), state.wireName(), error == null ? "" : ": " + error);
        over.countDown();
        settle(now.ended(state, clock.instant(), Optional.ofNullable(result), Optional.ofNullable(error)));
    }

    /** Has the end remembered, where there is one that is not yet. */
    void settle() {
        Operation ended = now;
        if (!settled && !ended.runs()) {
            settle(ended);
        }
    }

    /** Nobody is told of the end while the lock is still held. */
    private void settle(Operation ended) {
        saving.lock();
        try {
            ending = true;
            store.end(work.lock(), ended.id(), OperationJson.record(ended));
            settled = true;
        } catch (LedgerException away) {
            LOG.warn("The end of {} {} is not remembered: {}", ended.kind(), ended.id(), away.getMessage());
        } finally {
            now = ended;
            saving.unlock();
        }
    }

    /** Tells the others that it works, and how far it has come, until it is over. */
    private void keep() {
        try {
            while (!over.await(lease.toMillis() / RENEWALS, TimeUnit.MILLISECONDS)) {
                tell();
            }
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell() {
        long asked = System.nanoTime();
        try {
            if (store.renew(work.lock(), now.id(), lease)) {
                told = asked;
                save();
            } else {
                cancel();
            }
        } catch (LedgerException away) {
            LOG.debug("Cannot say that {} works", now.kind(), away);
            if (asked - told > lease.toNanos()) {
                cancel();
            }
        }
    }

    @Override
    public void at(Phase phase, long done, long total) {
        if (cancelled) {
            throw new CancellationException("cancelled");
        }
        now = now.at(new Operation.Progress(phase.wireName(), done, total));
    }

    /** Never an earlier state than others can have been told: while its end is being remembered, that is waited for. */
    Operation now() {
        if (!ending) {
            return now;
        }
        saving.lock();
        try {
            return now;
        } finally {
            saving.unlock();
        }
    }

    /** Whether the store knows its end. */
    boolean isSettled() {
        return settled;
    }

    void cancel() {
        cancelled = true;
    }

    void join(Duration atMost) throws InterruptedException {
        if (!thread.join(atMost)) {
            LOG.warn("{} has not ended within {} s", now.kind(), atMost.toSeconds());
        }
    }
}
