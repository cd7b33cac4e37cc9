// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.graph.GraphException;
import io.contextgraph.ledger.LedgerException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs long work on the graph in the background, one at a time, and remembers the last ones.
 *
 * <p><b>Units and bounds.</b> Remembers {@value #REMEMBERED} operations and {@value #NAMED} differences and sessions of each, in memory:
 * they are gone with the process. What a rebuild has done is not; see {@link Rebuild}.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Operations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
    private static final int REMEMBERED = 20;
    private static final int NAMED = 100;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Verifier verifier;
    private final Repair repair;
    private final Rebuild rebuild;
    private final InstantSource clock;
    private final Duration patience;
    private final Deque<Running> all = new ArrayDeque<>();
    private boolean closed;

    /** @param patience how long an operation waits for the graph to catch up before it begins */
    public Operations(Verifier verifier, Repair repair, Rebuild rebuild, InstantSource clock, Duration patience) {
        this.patience = patience;
        this.verifier = verifier;
        this.repair = repair;
        this.rebuild = rebuild;
        this.clock = clock;
    }

    /** Begins to compare; empty while another operation runs. */
    public Optional<Operation> verify(Verifier.Depth depth) {
        return start(
                Operation.Kind.VERIFY,
                run -> ReportJson.of(verifier.verify(depth, patience, run, run.found), run.found));
    }

    /** Begins to repair; empty while another operation runs. */
    public Optional<Operation> repair(Verifier.Depth depth) {
        return start(
                Operation.Kind.REPAIR, run -> ReportJson.of(repair.run(depth, patience, run, run.found), run.found));
    }

    /** Begins to rebuild, or goes on with a rebuild that was interrupted; empty while another operation runs. */
    public Optional<Operation> rebuild(boolean anew) {
        return start(
                Operation.Kind.REBUILD, run -> ReportJson.of(rebuild.run(anew, patience, run, run.found), run.found));
    }

    /** The last ones, newest first. */
    public synchronized List<Operation> list() {
        return all.stream().map(Running::now).toList();
    }

    /** One of those that are remembered. */
    public synchronized Optional<Operation> find(String id) {
        return running(id).map(Running::now);
    }

    /**
     * Asks an operation to end; it does so at the next place from which it can be done again.
     *
     * @return as it stands; empty when nobody remembers it
     */
    public Optional<Operation> cancel(String id) {
        Optional<Running> found = running(id);
        found.ifPresent(Running::cancel);
        return found.map(Running::now);
    }

    private synchronized Optional<Running> running(String id) {
        return all.stream().filter(run -> run.now().id().equals(id)).findFirst();
    }

    private synchronized Optional<Operation> start(Operation.Kind kind, Function<Running, ObjectNode> work) {
        if (closed || all.stream().anyMatch(run -> run.now().state() == Operation.State.RUNNING)) {
            return Optional.empty();
        }
        Running run = new Running(kind, work);
        all.addFirst(run);
        if (all.size() > REMEMBERED) {
            all.removeLast();
        }
        run.thread.start();
        return Optional.of(run.now());
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
        private final Thread thread;
        private final Findings found = new Findings(NAMED);
        private volatile Operation now;
        private volatile boolean cancelled;

        Running(Operation.Kind kind, Function<Running, ObjectNode> work) {
            now = Operation.begun(UUID.randomUUID().toString(), kind, clock.instant());
            thread = Thread.ofVirtual().name("operation-" + kind.wireName()).unstarted(() -> run(work));
        }

        private void run(Function<Running, ObjectNode> work) {
            try {
                end(Operation.State.SUCCEEDED, work.apply(this), null);
            } catch (CancellationException asked) {
                end(Operation.State.CANCELLED, null, null);
            } catch (GraphException | LedgerException | RebuildRunningException known) {
                end(Operation.State.FAILED, null, String.valueOf(known.getMessage()));
            } catch (RuntimeException | Error defect) {
                LOG.error("{} failed", now.kind().wireName(), defect);
                end(Operation.State.FAILED, null, "failed unexpectedly; the server's log has more");
            }
        }

        private void end(Operation.State state, @Nullable ObjectNode result, @Nullable String error) {
            LOG.info("{} {}{}", now.kind().wireName(), state.wireName(), error == null ? "" : ": " + error);
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
