// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.operation;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs long work in the background, and remembers the last of it. Of what works on the same one runs at a time.
 *
 * <p><b>Units and bounds.</b> Remembers {@value #REMEMBERED} operations and those that run, in memory: they are gone with the process. What
 * work has done is not, where it keeps that itself.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Operations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
    private static final int REMEMBERED = 20;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final InstantSource clock;
    private final Deque<Running> all = new ArrayDeque<>();
    private boolean closed;

    /** @param clock tells when work begins and ends */
    public Operations(InstantSource clock) {
        this.clock = clock;
    }

    /** Begins; empty while other work on the same runs. */
    public synchronized Optional<Operation> start(Work work) {
        if (closed || running(work.lock()).isPresent()) {
            return Optional.empty();
        }
        Running run = new Running(work);
        all.addFirst(run);
        all.stream()
                .skip(REMEMBERED)
                .filter(old -> old.now().state() != Operation.State.RUNNING)
                .toList()
                .forEach(all::remove);
        run.thread.start();
        return Optional.of(run.now());
    }

    /** What works on the same now. */
    public synchronized Optional<Operation> at(String lock) {
        return running(lock).map(Running::now);
    }

    private Optional<Running> running(String lock) {
        return all.stream()
                .filter(run -> run.work.lock().equals(lock) && run.now().state() == Operation.State.RUNNING)
                .findFirst();
    }

    /** The last ones, newest first. */
    public synchronized List<Operation> list() {
        return all.stream().map(Running::now).toList();
    }

    /** One of those that are remembered. */
    public synchronized Optional<Operation> find(String id) {
        return remembered(id).map(Running::now);
    }

    /**
     * Asks an operation to end; it does so at the next place from which it can be done again.
     *
     * @return as it stands; empty when nobody remembers it
     */
    public Optional<Operation> cancel(String id) {
        Optional<Running> found = remembered(id);
        found.ifPresent(Running::cancel);
        return found.map(Running::now);
    }

    private synchronized Optional<Running> remembered(String id) {
        return all.stream().filter(run -> run.now().id().equals(id)).findFirst();
    }

    /** Cancels what runs, and waits for its end for a bounded time. */
    @Override
    public void close() {
        List<Running> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(all);
        }
        left.forEach(Running::cancel);
        try {
            for (Running run : left) {
                run.thread.join(CLOSE_TIMEOUT);
            }
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }

    /** One operation and the thread that does it. */
    private final class Running implements Watcher {
        private final Work work;
        private final Thread thread;
        private volatile Operation now;
        private volatile boolean cancelled;

        Running(Work work) {
            this.work = work;
            now = Operation.begun(UUID.randomUUID().toString(), work.kind(), clock.instant());
            thread = Thread.ofVirtual().name("operation-" + work.kind()).unstarted(this::run);
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
            now = now.ended(state, clock.instant(), Optional.ofNullable(result), Optional.ofNullable(error));
        }

        @Override
        public void at(Phase phase, long done, long total) {
            if (cancelled) {
                throw new CancellationException("cancelled");
            }
            now = now.at(new Operation.Progress(phase, done, total));
        }

        Operation now() {
            return now;
        }

        void cancel() {
            cancelled = true;
        }
    }
}
