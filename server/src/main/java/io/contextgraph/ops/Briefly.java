// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Remembers an answer for a moment, so that several questions at once cost as much as one. Failures are not remembered. */
final class Briefly<T> implements Supplier<T> {
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** An answer and when it was given. */
    private record Given<T>(T value, long nanos) {}

    private final Supplier<T> source;
    private volatile @Nullable Given<T> last;

    Briefly(Supplier<T> source) {
        this.source = source;
    }

    @Override
    public T get() {
        Given<T> given = last;
        if (given == null || System.nanoTime() - given.nanos() > MOMENT_NANOS) {
            given = new Given<>(source.get(), System.nanoTime());
            last = given;
        }
        return given.value();
    }
}
