// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

/** Turns the JSON values of one file into events. Made for one walk through one file, used once, by one thread. */
public interface TraceReader {
    /** Looks at the next value in the first walk: nothing is emitted. */
    default void survey(Unit unit) {}

    /** Reads the next value in the second walk. */
    void read(Unit unit);

    /** There are no more values of the walk: emits what was kept back. */
    default void finish() {}
}
