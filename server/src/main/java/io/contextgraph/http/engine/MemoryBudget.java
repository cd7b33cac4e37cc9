// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.ProblemException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Bounds the memory that large bodies take all together. Small ones are bounded by the number of requests.
 *
 * <p><b>Threads.</b> The budget is safe for threads; a {@link Lease} belongs to one.
 */
public final class MemoryBudget {
    private static final int FREE_BYTES = 64 * 1024;
    private static final int UNIT = 1024;

    private final Semaphore units;

    MemoryBudget(long bytes) {
        this.units = new Semaphore((int) Math.min(Integer.MAX_VALUE, Math.max(1, bytes / UNIT)));
    }

    /** Nothing yet, for one request. */
    public Lease lease() {
        return new Lease();
    }

    /** What one request has taken. */
    public final class Lease implements AutoCloseable {
        private int taken;

        /**
         * Raises the share to {@code bytes}.
         *
         * @throws ProblemException 503 when the budget is used up
         */
        public void raiseTo(long bytes) {
            if (bytes <= FREE_BYTES) {
                return;
            }
            int needed = (int) ((bytes + UNIT - 1) / UNIT) - taken;
            if (needed > 0) {
                if (!units.tryAcquire(needed)) {
                    throw Problem.unavailable(
                                    ProblemCode.SERVER_OVERLOADED,
                                    "Too many large bodies are in work at once.",
                                    Duration.ofSeconds(1))
                            .raised();
                }
                taken += needed;
            }
        }

        @Override
        public void close() {
            units.release(taken);
            taken = 0;
        }
    }
}
