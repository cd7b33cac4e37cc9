// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.tail;

import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.server.RedisServer;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Has a Redis rewrite its append-only file again and again while a load counts, if that is wanted. */
final class Rewrites implements Load.Watch, AutoCloseable {
    private static final long POLL_NANOS = 20_000_000;

    /** Until the next one, so that forks do not follow each other. */
    private static final long REST_NANOS = 1_000_000_000;

    private final RedisServer redis;
    private final boolean wanted;
    private final Queue<Window> windows = new ConcurrentLinkedQueue<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private @Nullable Future<?> running;
    private volatile boolean ended;
    private long begin;
    private long end;

    Rewrites(RedisServer redis, boolean wanted) {
        this.redis = redis;
        this.wanted = wanted;
    }

    @Override
    public void begin() {
        begin = System.nanoTime();
        if (wanted) {
            running = thread.submit(this::rewrite);
        }
    }

    private void rewrite() {
        while (!ended) {
            redis.awaitRewrite();
            long from = System.nanoTime();
            redis.rewrite();
            redis.awaitRewrite();
            windows.add(new Window(from, System.nanoTime()));
            long next = System.nanoTime() + REST_NANOS;
            while (!ended && System.nanoTime() < next) {
                Load.await(System.nanoTime() + POLL_NANOS);
            }
        }
    }

    @Override
    public void end() {
        end = System.nanoTime();
        ended = true;
    }

    /** The time that counted. */
    Window counted() {
        return new Window(begin, end);
    }

    /** The times of all of them, the last one to its end. */
    List<Window> seen() throws IOException, InterruptedException {
        if (running != null) {
            try {
                running.get();
            } catch (ExecutionException e) {
                throw new IOException("the append-only file could not be rewritten", e);
            }
        }
        return List.copyOf(windows);
    }

    @Override
    public void close() {
        ended = true;
        thread.shutdown();
    }
}
