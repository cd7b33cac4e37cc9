// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A thread of its own for work that goes on until it is closed.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class BackgroundThread implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Semaphore wakes = new Semaphore(0);
    private volatile boolean stopped;
    private final Thread thread;

    /** @param work ends soon once {@link #stoppedWithin} says so */
    public BackgroundThread(String name, Runnable work) {
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(work);
    }

    public void start() {
        thread.start();
    }

    /** Rests for so long, or until it is woken; at once, and true, when the work is to end. */
    public boolean stoppedWithin(Duration rest) {
        try {
            if (!stopped && wakes.tryAcquire(rest.toNanos(), TimeUnit.NANOSECONDS)) {
                int ignored = wakes.drainPermits();
            }
            return stopped;
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Ends the rest that goes on, or the next one. */
    public void wake() {
        wakes.release();
    }

    /** Lets the work end what it is doing, for a bounded time. */
    @Override
    public void close() {
        stopped = true;
        wake();
        try {
            if (thread.isAlive() && !thread.join(CLOSE_TIMEOUT)) {
                thread.interrupt();
            }
        } catch (InterruptedException asked) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
