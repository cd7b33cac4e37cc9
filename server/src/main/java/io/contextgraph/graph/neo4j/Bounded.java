// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.graph.GraphException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Waits for Neo4j for a bounded time. The driver has no limit of its own for an answer that does not come.
 *
 * <p><b>Guarantees.</b> Work that has not ended by then is interrupted, on which the driver closes its connection; nobody
 * waits for that.
 *
 * <p><b>Errors.</b> What the work throws; {@link GraphException} {@code UNAVAILABLE} when the time is up or the waiting
 * thread is interrupted: the work was done or not.
 */
final class Bounded {
    private Bounded() {}

    static <T> T call(Duration most, Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        Thread.ofVirtual().name("neo4j").start(task);
        try {
            return task.get(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException error) {
                throw error;
            }
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(failed);
        } catch (TimeoutException silent) {
            task.cancel(true);
            throw new GraphException(
                    GraphException.Reason.UNAVAILABLE,
                    "Neo4j does not answer: nothing came within " + most.toMillis() + " ms; the connection is closed",
                    silent);
        } catch (InterruptedException asked) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new GraphException(GraphException.Reason.UNAVAILABLE, "interrupted while Neo4j worked", asked);
        }
    }
}
