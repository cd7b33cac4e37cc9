// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.operation;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Reads what comes next while somebody works on what came before.
 *
 * <p><b>Threads.</b> One asks and takes in turns; what reads is not asked again before it has answered.
 *
 * @param <T> what is read
 */
public final class Prefetch<T> implements AutoCloseable {
    private final ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor();
    private Future<T> next;

    /** Begins to read the first. */
    public Prefetch(Supplier<T> first) {
        this.next = reader.submit(first::get);
    }

    /**
     * What was asked for.
     *
     * @throws RuntimeException what reading has thrown
     */
    public T take() {
        try {
            return next.get();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(failure.getCause());
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    /** Begins to read the next one. */
    public void ask(Supplier<T> read) {
        next = reader.submit(read::get);
    }

    /** Waits for what is being read. */
    @Override
    public void close() {
        reader.close();
    }
}
