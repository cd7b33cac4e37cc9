// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

/** Is told how an export gets on, by the thread that exports. */
@FunctionalInterface
public interface ExportProgress {
    /** Tells nobody. */
    ExportProgress NONE = (seq, ofSeq, events) -> {};

    /**
     * The export has come to a place.
     *
     * @param seq everything up to this number has been looked at; of several partitions, so many events
     * @param ofSeq where it will end, in the same way
     * @param events how many have been written
     */
    void advanced(long seq, long ofSeq, long events);
}
