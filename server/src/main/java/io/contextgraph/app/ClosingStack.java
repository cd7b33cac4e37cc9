// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was put on it, last first; one failure does not keep the others from being closed. */
final class ClosingStack implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    <T extends AutoCloseable> T push(T resource) {
        open.push(resource);
        return resource;
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
