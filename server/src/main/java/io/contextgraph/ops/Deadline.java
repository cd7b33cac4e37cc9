// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A moment by which one blocking step must be over. Either the step {@link #disarm}s it or the watcher
 * {@link #expire}s or {@link #cut}s it, never both.
 */
public final class Deadline {
    private static final long NONE = Long.MAX_VALUE;
    private static final long EXPIRED = Long.MIN_VALUE;

    private final AtomicLong at = new AtomicLong(NONE);

    /** @param millis on any clock that does not go back, the same for all calls */
    public void arm(long millis) {
        at.compareAndSet(NONE, millis);
    }

    /** Brings the moment forward, if there is a step under way and it may take longer. */
    public void shorten(long millis) {
        at.updateAndGet(old -> old == NONE ? NONE : Math.min(old, millis));
    }

    /** Whether the step was over in time. */
    public boolean disarm() {
        return at.getAndUpdate(old -> old == EXPIRED ? EXPIRED : NONE) != EXPIRED;
    }

    /** The moment, while a step is under way. */
    public OptionalLong due() {
        long due = at.get();
        return due == NONE || due == EXPIRED ? OptionalLong.empty() : OptionalLong.of(due);
    }

    /** Ends the step that must be over by {@code due} now; whether it was still under way. */
    public boolean cut(long due) {
        return at.compareAndSet(due, EXPIRED);
    }

    /** Whether the step is late, told once. */
    public boolean expire(long nowMillis) {
        long due = at.get();
        return due != EXPIRED && due <= nowMillis && at.compareAndSet(due, EXPIRED);
    }
}
