// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A question to somebody who may hang. One is asked at a time, and whoever asks meanwhile shares its answer: however many
 * ask, a store that hangs has one of our threads and one of its connections.
 *
 * <p><b>Threads.</b> Safe for threads; each question has a virtual thread of its own.
 */
final class Probe<T> {
    private final Supplier<T> question;
    private final Duration timeout;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Asked underWay;

    Probe(Supplier<T> question, Duration timeout) {
        this.question = question;
        this.timeout = timeout;
    }

    /** A question that has been asked. */
    final class Asked {
        private final FutureTask<T> task = new FutureTask<>(question::get);
        private final long endNanos = System.nanoTime() + timeout.toNanos();

        /** The answer; empty when the question has failed, or had none in time. */
        Optional<T> answer() {
            try {
                return Optional.of(task.get(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS));
            } catch (ExecutionException | TimeoutException | CancellationException failed) {
                task.cancel(true);
                return Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
    }

    /** Asks, or joins whoever has asked and has no answer yet. */
    Asked ask() {
        lock.lock();
        try {
            Asked asked = underWay;
            if (asked == null || asked.task.isDone()) {
                asked = new Asked();
                underWay = asked;
                Thread.ofVirtual().name("probe").start(asked.task);
            }
            return asked;
        } finally {
            lock.unlock();
        }
    }
}
