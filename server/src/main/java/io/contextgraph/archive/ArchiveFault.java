// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

/**
 * Something that is wrong with an archive.
 *
 * @param segment the id of the segment, or the name of the file where there is none
 * @param message for people
 */
public record ArchiveFault(Kind kind, String segment, String message) {
    /** What is wrong. */
    public enum Kind {
        /** A file that the manifest names, or the manifest, is not there. */
        MISSING,
        /** The manifest cannot be read, or contradicts itself. */
        MANIFEST,
        /** A file ends too early. */
        CUT,
        /** A file is not what was written. */
        EDITED,
        /** Events of another ledger, partition or epoch. */
        FOREIGN,
        /** Events that another segment would have. */
        MIXED_UP,
        /** Not in the order of the ledger. */
        ORDER,
        /** The content of an event does not fit its hash. */
        HASH,
        /** The file of ids does not fit the events. */
        IDS,
        /** The manifest says something else than what the events give. */
        SUMS,
        /** Two segments have the same numbers. */
        OVERLAP
    }

    @Override
    public String toString() {
        return segment + ": " + message;
    }
}
