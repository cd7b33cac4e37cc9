// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
        private final CompletableFuture<Turn> turn = new CompletableFuture<>();

        /** How many events. */
        abstract int size();

        /** What to tell the caller where the whole round failed. */
        abstract void fail(RuntimeException error);
    }

    /** What a waiting request is told. */
    private enum Turn {
        /** It is the first in the queue, and nobody writes: write the next round. */
        WRITE,
        /** Another one's round has taken it along. */
        WRITTEN
    }

    private final Consumer<List<R>> write;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<R> queue = new ArrayDeque<>();
    private int waiting;
    private boolean writing;

    /** @param write writes one round within a bounded time; an error means that all of it failed */
    GroupCommit(Consumer<List<R>> write) {
        this.write = write;
    }

    /** Returns once the request has been written or has failed. */
    void submit(R request) {
        enqueue(request);
        if (turn(request) == Turn.WRITE) {
            writeRound();
        }
    }

    private static Turn turn(Request request) {
        return request.turn.join();
    }

    private static void tell(Request request, Turn turn) {
        request.turn.complete(turn);
    }

    private void enqueue(R request) {
        lock.lock();
        try {
            if (waiting + request.size() > MAX_WAITING) {
                throw new LedgerException(Reason.OVERLOADED, waiting + " events are waiting to be appended");
            }
            waiting += request.size();
            queue.add(request);
            if (!writing) {
                writing = true;
                tell(request, Turn.WRITE);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes what has arrived; the first of those that arrive meanwhile writes the next round. */
    private void writeRound() {
        List<R> round = nextRound();
        try {
            write.accept(round);
        } catch (RuntimeException e) {
            round.forEach(request -> request.fail(e));
        } catch (Error defect) {
            round.forEach(request -> request.fail(new IllegalStateException("a round could not be written", defect)));
            throw defect;
        } finally {
            handOver();
            round.forEach(request -> tell(request, Turn.WRITTEN));
        }
    }

    private void handOver() {
        lock.lock();
        try {
            writing = !queue.isEmpty();
            if (writing) {
                tell(queue.getFirst(), Turn.WRITE);
            }
        } finally {
            lock.unlock();
        }
    }

    /** INVARIANT: begins with the request of the thread that writes, as only the first of the queue is told to. */
    private List<R> nextRound() {
        lock.lock();
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
            lock.unlock();
        }
    }
}
