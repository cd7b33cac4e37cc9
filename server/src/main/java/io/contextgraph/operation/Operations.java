// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.operation;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.OperationStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs long work in the background, and remembers the last of it. Of what works on the same one runs at a time, whatever
 * process it runs in.
 *
 * <p><b>Guarantees.</b> What was begun is remembered when its process is gone: then it has failed, and says so. Who cannot
 * tell the others that it still works, for {@code lease}, stops.
 *
 * <p><b>Units and bounds.</b> Remembers {@value #REMEMBERED} operations, and those that run; times in milliseconds.
 *
 * <p><b>Errors.</b> {@link LedgerException} where what is remembered cannot be reached.
 *
 * <p><b>Threads.</b> Safe for threads, and for several processes on one store.
 */
public final class Operations implements AutoCloseable {
    static final String LEFT = "the process that did this has ended; what it had done stays, begin it again";

    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
    private static final int REMEMBERED = 20;
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final InstantSource clock;
    private final OperationStore store;
    private final Duration lease;
    private final Map<String, Running> own = new LinkedHashMap<>();
    private boolean closed;

    /**
     * Begins nothing yet.
     *
     * @param clock tells when work begins and ends
     * @param store remembers it
     */
    public Operations(InstantSource clock, OperationStore store) {
        this(clock, store, LEASE);
    }

    Operations(InstantSource clock, OperationStore store, Duration lease) {
        this.clock = clock;
        this.store = store;
        this.lease = lease;
    }

    /** Begins, once the work is prepared; empty while other work on the same runs. */
    public synchronized Optional<Operation> start(Work work) {
        own.values().forEach(Running::settle);
        own.values().removeIf(Running::isSettled);
        String id = UUID.randomUUID().toString();
        if (closed || !store.claim(work.lock(), id, lease)) {
            return Optional.empty();
        }
        Running run = new Running(work, id, clock, store, lease);
        try {
            work.prepare();
            run.save();
            forgetOldest();
        } catch (RuntimeException unprepared) {
            release(work.lock(), id);
            throw unprepared;
        }
        own.put(id, run);
        run.start();
        return Optional.of(run.now());
    }

    private void release(String lock, String id) {
        try {
            store.release(lock, id);
        } catch (LedgerException alsoAway) {
            LOG.debug("The lock {} goes by itself", lock, alsoAway);
        }
    }

    private void forgetOldest() {
        Map<Boolean, List<Operation>> all = list().stream().collect(Collectors.partitioningBy(Operation::runs));
        int ended = Math.max(0, REMEMBERED - all.getOrDefault(true, List.of()).size());
        all.getOrDefault(false, List.of()).stream().skip(ended).forEach(old -> store.forget(old.id()));
    }

    /** What works on the same now. */
    public Optional<Operation> at(String lock) {
        return store.holder(lock).flatMap(this::find).filter(Operation::runs);
    }

    /** The last ones, newest first. */
    public List<Operation> list() {
        Map<String, Operation> all = new LinkedHashMap<>();
        store.all().forEach((id, record) -> read(id, record).ifPresent(found -> all.put(id, found)));
        runs().forEach(run -> all.put(run.now().id(), run.now()));
        return all.values().stream()
                .sorted(Comparator.comparing(Operation::startedAt).reversed())
                .toList();
    }

    /** One of those that are remembered. */
    public Optional<Operation> find(String id) {
        Optional<Operation> here = own(id).map(Running::now);
        return here.isPresent() ? here : store.find(id).flatMap(record -> read(id, record));
    }

    /**
     * Asks an operation to end; it does so at the next place from which it can be done again.
     *
     * @return as it stands; empty when nobody remembers it
     */
    public Optional<Operation> cancel(String id) {
        Optional<Running> here = own(id);
        here.ifPresent(Running::cancel);
        Optional<Operation> found = find(id);
        if (here.isEmpty()) {
            // Whoever does it learns that it may no longer.
            found.filter(Operation::runs).ifPresent(other -> store.release(other.lock(), id));
        }
        return found;
    }

    private synchronized Optional<Running> own(String id) {
        return Optional.ofNullable(own.get(id));
    }

    private synchronized List<Running> runs() {
        return List.copyOf(own.values());
    }

    /** What is remembered; work of which nobody has the lock has ended with its process. */
    private Optional<Operation> read(String id, String record) {
        Optional<Operation> read = OperationJson.read(record);
        if (read.isEmpty()) {
            LOG.warn("What is remembered of operation {} cannot be read", id);
        }
        return read.map(found -> found.runs() && own(id).isEmpty() && !isHeld(found) ? left(found) : found);
    }

    private boolean isHeld(Operation operation) {
        return store.holder(operation.lock()).filter(operation.id()::equals).isPresent();
    }

    private Operation left(Operation operation) {
        // It may have ended between the two looks: its end is remembered before it lets its lock go.
        Operation last = store.find(operation.id())
                .flatMap(OperationJson::read)
                .filter(now -> !now.runs())
                .orElse(operation);
        if (!last.runs()) {
            return last;
        }
        Operation failed =
                operation.ended(Operation.State.FAILED, clock.instant(), Optional.empty(), Optional.of(LEFT));
        store.save(failed.id(), OperationJson.record(failed));
        return failed;
    }

    /** Cancels what runs, and waits for its end for a bounded time. */
    @Override
    public void close() {
        List<Running> left;
        synchronized (this) {
            closed = true;
            left = runs();
        }
        left.forEach(Running::cancel);
        try {
            for (Running run : left) {
                run.join(CLOSE_TIMEOUT);
            }
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }
}
