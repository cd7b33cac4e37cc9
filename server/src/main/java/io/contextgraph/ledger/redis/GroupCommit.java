// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Lets appends that arrive while others are being written share the next round trip and its wait.
 *
 * <p><b>Guarantees.</b> In the order of arrival; no thread of its own: whoever waits at the front writes for all.
 * Bounded: beyond {@value #MAX_WAITING} events in the queue an append fails at once.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class GroupCommit<R extends GroupCommit.Request> {
    /** Most events that wait. */
    static final int MAX_WAITING = 20_000;

    /** Events in one round. */
    private static final int MAX_ROUND = 1000;

    /** One append on its way. */
    abstract static class Request {
        private volatile boolean done;

        /** How many events. */
        abstract int size();

        /** What to tell the caller where the whole round failed. */
        abstract void fail(RuntimeException error);
    }

    private final Consumer<List<R>> write;
    private final ReentrantLock writing = new ReentrantLock();

    private final ReentrantLock queueing = new ReentrantLock();
    private final Deque<R> queue = new ArrayDeque<>();
    private int waiting;

    /** @param write writes one round; an error means that all of it failed */
    GroupCommit(Consumer<List<R>> write) {
        this.write = write;
    }

    /** Returns once the request has been written or has failed. */
    void submit(R request) {
        enqueue(request);
        writing.lock();
        try {
            while (!isDone(request)) {
                writeRound();
            }
        } finally {
            writing.unlock();
        }
    }

    private static boolean isDone(Request request) {
        return request.done;
    }

    private static void finish(Request request) {
        request.done = true;
    }

    private void enqueue(R request) {
        queueing.lock();
        try {
            if (waiting + request.size() > MAX_WAITING) {
                throw new LedgerException(Reason.OVERLOADED, waiting + " events are waiting to be appended");
            }
            waiting += request.size();
            queue.add(request);
        } finally {
            queueing.unlock();
        }
    }

    private void writeRound() {
        List<R> round = nextRound();
        try {
            write.accept(round);
        } catch (RuntimeException e) {
            round.forEach(request -> request.fail(e));
        } finally {
            round.forEach(GroupCommit::finish);
        }
    }

    private List<R> nextRound() {
        queueing.lock();
        try {
            List<R> round = new ArrayList<>();
            int events = 0;
            while (!queue.isEmpty()
                    && (round.isEmpty() || events + queue.getFirst().size() <= MAX_ROUND)) {
                R next = queue.removeFirst();
                events += next.size();
                round.add(next);
            }
            waiting -= events;
            return round;
        } finally {
            queueing.unlock();
        }
    }
}
