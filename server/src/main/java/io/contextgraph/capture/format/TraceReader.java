// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

/** Turns the JSON values of one file into events. Made for one file, used once, by one thread. */
public interface TraceReader {
    /** Reads the file's only document, or its next line. */
    void read(Unit unit);

    /** There are no more values: emits what was kept back. */
    default void finish() {}
}
