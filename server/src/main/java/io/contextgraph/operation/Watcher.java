// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.operation;

/**
 * Hears how far long work has come.
 *
 * <p>What it throws ends the work, at a place from which it can be done again without harm: that is how work is cancelled.
 */
@FunctionalInterface
public interface Watcher {
    /** Nobody watches. */
    Watcher NONE = (phase, done, total) -> {};

    /** What is being done, by a name for machines. */
    interface Phase {
        /** Stable name for machines. */
        String wireName();
    }

    /**
     * So much is done.
     *
     * @param done of what the work counts in this phase
     * @param total how many there are
     */
    void at(Phase phase, long done, long total);
}
