// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

/**
 * Hears how far long work has come.
 *
 * <p>What it throws ends the work, at a place from which it can be done again without harm: that is how work is cancelled.
 */
@FunctionalInterface
public interface Watcher {
    /** Nobody watches. */
    Watcher NONE = (phase, done, total) -> {};

    /** What is being done. */
    enum Phase {
        /** Events go from the ledger into the graph again. */
        REPLAYING("replaying"),
        /** Ledger and graph are compared. */
        COMPARING("comparing"),
        /** Sessions that differ are put right. */
        REPAIRING("repairing");

        private final String wireName;

        Phase(String wireName) {
            this.wireName = wireName;
        }

        /** Stable name for machines. */
        public String wireName() {
            return wireName;
        }
    }

    /**
     * So much is done.
     *
     * @param done events while replaying and comparing, sessions while repairing
     * @param total how many there are
     */
    void at(Phase phase, long done, long total);
}
