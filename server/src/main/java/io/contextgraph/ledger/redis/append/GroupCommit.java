// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets appends that arrive while others are being written share the next round trip and its wait.
 *
 * <p><b>Guarantees.</b> In the order of arrival; whoever waits at the front writes for all, and waits for all until they
 * are safe, while the next one in front already writes.
 * Bounded: beyond {@value #MAX_UNANSWERED} events that are queued, being written or not yet safe an append fails at once.
 *
 * <p><b>Threads.</b> Safe for threads. None of its own, but one for each round whose writer does not wait.
 */
final class GroupCommit<R extends GroupCommit.Request> {
    /** Most events that have no answer yet. */
    static final int MAX_UNANSWERED = 20_000;

    /** Events in one round. */
    private static final int MAX_ROUND = 1000;

    /** Where rounds go. */
    interface Store<R> {
        /**
         * Waits until one more round may be written.
         *
         * @throws RuntimeException when that takes too long
         */
        Round<R> open();

        /** For how many events in the queue a round is begun beside others. */
        default int worthARound() {
            return Integer.MAX_VALUE;
        }

        /** So many have come to be in the queue: whoever waits in {@link #open} may look again. */
        default void filled() {}
    }

    /** The way of one round; each step within a bounded time, and an error means that all of it failed. */
    interface Round<R> extends AutoCloseable {
        /** Returns when all of it has been written. */
        void write(List<R> requests);

        /** Returns when what was written is as safe as asked. */
        void confirm();

        @Override
        void close();
    }

    /** One append on its way. */
    abstract static class Request {
        final CompletableFuture<Turn> turn = new CompletableFuture<>();
        final CompletableFuture<Turn> answered = new CompletableFuture<>();
        volatile boolean early;

        /** How many events. */
        abstract int size();

        /** What to tell the caller where the whole round failed. */
        abstract void fail(RuntimeException error);

        /** Whether it has been answered for good. */
        final boolean isAnswered() {
            return answered.isDone();
        }
    }

    /** What a waiting request is told. */
    enum Turn {
        /** It is the first in the queue, and nobody else forms a round: write the next one. */
        WRITE,
        /** Another one's round has taken it along. */
        TAKEN
    }

    private final Store<R> store;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<R> queue = new ArrayDeque<>();
    private int unanswered;
    private int queued;
    private boolean forming;

    GroupCommit(Store<R> store) {
        this.store = store;
    }

    /** Returns once the request is as safe as asked, or has failed. */
    void submit(R request) {
        enqueue(request);
        if (request.turn.join() == Turn.WRITE) {
            writeRound().ifPresent(this::confirm);
        }
    }

    /** Returns once the request has been written, or has failed; {@link #await} for the rest. */
    void begin(R request) {
        request.early = true;
        enqueue(request);
        if (request.turn.join() == Turn.WRITE) {
            writeRound()
                    .ifPresent(written ->
                            Thread.ofVirtual().name("durability-wait").start(() -> confirm(written)));
        }
    }

    /** Returns once a request that was begun is as safe as asked, or has failed. */
    void await(R request) {
        Turn ignored = request.answered.join();
    }

    private void enqueue(R request) {
        boolean filled;
        lock.lock();
        try {
            if (unanswered + request.size() > MAX_UNANSWERED) {
                throw new LedgerException(Reason.OVERLOADED, unanswered + " events are waiting for their answers");
            }
            unanswered += request.size();
            queue.add(request);
            filled = forming && queued < store.worthARound() && queued + request.size() >= store.worthARound();
            queued += request.size();
            if (!forming) {
                forming = true;
                request.turn.complete(Turn.WRITE);
            }
        } finally {
            lock.unlock();
        }
        if (filled) {
            store.filled();
        }
    }

    /** How many events are in the queue. */
    int queued() {
        lock.lock();
        try {
            return queued;
        } finally {
            lock.unlock();
        }
    }

    private record Written<R>(Round<R> round, List<R> requests) {}

    /** Writes what has arrived; the first of those that arrive meanwhile writes the next round. */
    private Optional<Written<R>> writeRound() {
        Round<R> round;
        try {
            round = store.open();
        } catch (RuntimeException e) {
            fail(nextRound(), e);
            return Optional.empty();
        } catch (Error defect) {
            fail(nextRound(), defective(defect));
            throw defect;
        }
        List<R> requests = nextRound();
        try {
            round.write(requests);
        } catch (RuntimeException e) {
            round.close();
            fail(requests, e);
            return Optional.empty();
        } catch (Error defect) {
            round.close();
            fail(requests, defective(defect));
            throw defect;
        }
        requests.stream().filter(request -> request.early).forEach(request -> request.turn.complete(Turn.TAKEN));
        return Optional.of(new Written<>(round, requests));
    }

    private void confirm(Written<R> written) {
        List<R> requests = written.requests();
        try (Round<R> round = written.round()) {
            round.confirm();
        } catch (RuntimeException e) {
            requests.forEach(request -> request.fail(e));
        } catch (Error defect) {
            requests.forEach(request -> request.fail(defective(defect)));
            throw defect;
        } finally {
            answer(requests);
        }
    }

    private static IllegalStateException defective(Error defect) {
        return new IllegalStateException("a round could not be written", defect);
    }

    private void fail(List<R> requests, RuntimeException error) {
        requests.forEach(request -> request.fail(error));
        answer(requests);
    }

    private void answer(List<R> requests) {
        lock.lock();
        try {
            unanswered -= requests.stream().mapToInt(Request::size).sum();
        } finally {
            lock.unlock();
        }
        requests.forEach(request -> {
            request.answered.complete(Turn.TAKEN);
            request.turn.complete(Turn.TAKEN);
        });
    }

    /**
     * INVARIANT: begins with the request of the thread that writes, as only the first of the queue is told to; the next
     * one is told when this one's round has left the queue.
     */
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
            queued -= events;
            forming = !queue.isEmpty();
            if (forming) {
                queue.getFirst().turn.complete(Turn.WRITE);
            }
            return round;
        } finally {
            lock.unlock();
        }
    }
}
