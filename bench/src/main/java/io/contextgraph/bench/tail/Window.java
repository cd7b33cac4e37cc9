// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.tail;

/**
 * A piece of time.
 *
 * @param from its beginning, on the clock of {@link System#nanoTime}
 * @param to its end, which is not in it
 */
record Window(long from, long to) {
    boolean holds(long nanoTime) {
        return from <= nanoTime && nanoTime < to;
    }

    double seconds() {
        return (to - from) / 1e9;
    }
}
