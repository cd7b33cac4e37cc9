// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Closes what was put on it, last first; one failure does not keep the others from being closed. */
final class ClosingStack implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    <T extends AutoCloseable> T push(T resource) {
        open.push(resource);
        return resource;
    }

    /** What is closed at the same time, so that the times for which each may wait do not add up. */
    void pushTogether(List<? extends AutoCloseable> resources) {
        List<AutoCloseable> all = List.copyOf(resources);
        open.push(() -> closeTogether(all));
    }

    private static void closeTogether(List<AutoCloseable> all) throws InterruptedException {
        ClosingStack failures = new ClosingStack();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> closing = all.stream()
                    .<Callable<Void>>map(one -> () -> {
                        one.close();
                        return null;
                    })
                    .toList();
            for (Future<Void> closed : threads.invokeAll(closing)) {
                failures.open.push(() -> rethrow(closed));
            }
        }
        failures.close();
    }

    private static void rethrow(Future<Void> closed) throws Exception {
        try {
            Void ignored = closed.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception exception ? exception : failed;
        }
    }

    /** @throws IllegalStateException with the first failure as cause and the others suppressed */
    @Override
    public void close() {
        Exception first = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw new IllegalStateException("not everything could be closed: " + first.getMessage(), first);
        }
    }
}
