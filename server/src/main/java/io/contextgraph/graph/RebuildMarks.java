// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Remembers, in the graph itself, how far its rebuild has come, and who works on it.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface RebuildMarks {
    /**
     * Begins a rebuild, or goes on with one that has been left.
     *
     * @param owner who works on it: unique
     * @param staleBefore an owner that has not moved the mark since is gone
     * @return where to go on; empty when somebody else works on it
     */
    Optional<RebuildMark> claim(String owner, Instant now, Instant staleBefore);

    /**
     * Notes how far {@code owner} has come.
     *
     * @param seqs in each partition
     * @return false when somebody else has taken over
     */
    boolean move(String owner, List<Long> seqs, Instant now);

    /** Leaves the rebuild where it is, so that anybody may go on with it. */
    void release(String owner);

    /** Ends the rebuild: the next one begins anew. */
    void finish(String owner);
}
