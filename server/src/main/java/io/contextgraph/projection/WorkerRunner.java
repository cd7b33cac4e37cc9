// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.graph.GraphException;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ops.BackgroundThread;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a worker going on a thread of its own: at once while there is work, after a pause that grows while a store is
 * away.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class WorkerRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerRunner.class);
    private static final Duration FIRST_IDLE = Duration.ofMillis(1);
    private static final Duration MAX_IDLE = Duration.ofMillis(50);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);
    /** How a runner is. */
    public enum State {
        /** It has not worked yet. */
        STARTING,
        /** Its last call of the worker succeeded. */
        WORKING,
        /** A store is away; it tries again and again. */
        WAITING,
        /** It has been closed. */
        STOPPED
    }

    /**
     * How a runner is and since when.
     *
     * @param error why it waits, or why it waited last
     */
    public record Status(State state, Instant since, Optional<String> error) {
        /** Whether the graph is being fed. */
        public boolean ready() {
            return state == State.WORKING;
        }
    }

    private final ProjectionWorker worker;
    private final Runnable moved;
    private final InstantSource clock;
    private final BackgroundThread thread;
    private volatile Status status;

    /**
     * A runner that {@link #start} sets going.
     *
     * @param moved called after each call of the worker that has done something
     */
    public WorkerRunner(ProjectionWorker worker, Runnable moved, InstantSource clock) {
        this.worker = worker;
        this.moved = moved;
        this.clock = clock;
        this.status = new Status(State.STARTING, clock.instant(), Optional.empty());
        this.thread = new BackgroundThread("projection-" + worker.name(), this::run);
    }

    /** Begins to work. */
    public void start() {
        thread.start();
    }

    /** How it is. */
    public Status status() {
        return status;
    }

    /** Whom it runs. */
    public ProjectionWorker worker() {
        return worker;
    }

    private void run() {
        Backoff idle = new Backoff(FIRST_IDLE, MAX_IDLE, ThreadLocalRandom.current());
        Backoff pause = new Backoff(FIRST_PAUSE, MAX_PAUSE, ThreadLocalRandom.current());
        boolean stopped = thread.stoppedWithin(Duration.ZERO);
        while (!stopped) {
            Duration rest = Duration.ZERO;
            try {
                int done = worker.doWork();
                pause.reset();
                become(State.WORKING, status.error());
                if (done > 0) {
                    moved.run();
                    idle.reset();
                } else {
                    rest = idle.next();
                }
            } catch (GraphException | LedgerException away) {
                rest = pause.next();
                waitOut(away, rest);
            } catch (RuntimeException | Error defect) {
                rest = pause.next();
                waitOut(defect, rest);
                LOG.error("projection: a defect; trying again", defect);
            }
            stopped = thread.stoppedWithin(rest);
        }
        try {
            worker.close();
        } catch (RuntimeException away) {
            LOG.debug("projection: closing", away);
        }
        become(State.STOPPED, status.error());
    }

    private void waitOut(Throwable error, Duration rest) {
        String message = String.valueOf(error.getMessage());
        if (status.state() != State.WAITING) {
            LOG.warn("projection: waiting: {}", message);
        }
        become(State.WAITING, Optional.of(message));
        LOG.debug("projection: trying again in {}", rest);
    }

    private void become(State state, Optional<String> error) {
        if (status.state() != state) {
            if (status.state() == State.WAITING && state == State.WORKING) {
                LOG.info("projection: going on");
            }
            status = new Status(state, clock.instant(), error);
        }
    }

    /** Lets the worker finish what it is doing, for a bounded time; what it leaves is delivered again. */
    @Override
    public void close() {
        thread.close();
    }
}
