// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Tells whether the product can do its work.
 *
 * <p><b>Threads.</b> Safe for threads; each check runs on a virtual thread of its own and counts as failed when it
 * throws or takes too long.
 */
public final class Health {
    /** How the product is. */
    public enum Status {
        /** Everything answers. */
        HEALTHY,
        /** Events are taken and read; the graph is away and will catch up. */
        DEGRADED,
        /** The ledger is away: nothing can be appended. */
        UNHEALTHY;

        /** The name on the wire, in lower case. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What the checks found.
     *
     * @param redis whether the ledger answers
     * @param neo4j whether the graph answers
     */
    public record Report(Status status, boolean redis, boolean neo4j) {
        /** The verdict on the two answers. */
        public static Report of(boolean redis, boolean neo4j) {
            Status status = !redis ? Status.UNHEALTHY : neo4j ? Status.HEALTHY : Status.DEGRADED;
            return new Report(status, redis, neo4j);
        }
    }

    private final BooleanSupplier redis;
    private final BooleanSupplier neo4j;
    private final Duration timeout;

    /**
     * Asks the two stores.
     *
     * @param redis whether the ledger answers
     * @param neo4j whether the graph answers
     * @param timeout longest that either may take
     */
    public Health(BooleanSupplier redis, BooleanSupplier neo4j, Duration timeout) {
        this.redis = redis;
        this.neo4j = neo4j;
        this.timeout = timeout;
    }

    /** Asks both at once. */
    public Report report() {
        FutureTask<Boolean> first = begin(redis);
        FutureTask<Boolean> second = begin(neo4j);
        long end = System.nanoTime() + timeout.toNanos();
        return Report.of(answer(first, end), answer(second, end));
    }

    /** Whether events can be appended and read. */
    public boolean ready() {
        return answer(begin(redis), System.nanoTime() + timeout.toNanos());
    }

    private static FutureTask<Boolean> begin(BooleanSupplier check) {
        FutureTask<Boolean> task = new FutureTask<>(check::getAsBoolean);
        Thread.ofVirtual().name("health-check").start(task);
        return task;
    }

    private static boolean answer(FutureTask<Boolean> task, long endNanos) {
        try {
            return task.get(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            task.cancel(true);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
