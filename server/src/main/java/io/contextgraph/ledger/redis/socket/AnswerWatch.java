// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.socket;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks after all sockets on which an answer of Redis may be waited for, and cuts off those where it does not come.
 *
 * <p>A read with a timeout of its own would have a timer set and cleared for each command, and a thread woken for each of the two:
 * more than the reading itself costs, where an answer comes within a fraction of a millisecond.
 *
 * <p><b>Guarantees.</b> A read is cut off at most {@value #TICK_MILLIS} ms after its time.
 *
 * <p><b>Threads.</b> One for the process, from the first socket on. Safe for threads.
 */
final class AnswerWatch {
    private static final long TICK_MILLIS = 50;

    private static final Set<WatchedSocket> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Thread ignored = Thread.ofVirtual().name("redis-answers").start(AnswerWatch::watch);
    }

    private AnswerWatch() {}

    static void add(WatchedSocket socket) {
        OPEN.add(socket);
    }

    static void remove(WatchedSocket socket) {
        OPEN.remove(socket);
    }

    private static void watch() {
        while (true) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
            long now = now();
            OPEN.forEach(socket -> socket.cutIfLate(now));
        }
    }

    /** On a clock that does not go back. */
    static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
