// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import java.util.Collection;

/**
 * The nodes of events about persons.
 *
 * <p><b>Errors.</b> {@link GraphException}.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
@FunctionalInterface
public interface PersonalNodes {
    /** What is said in the place of what a person's events said. */
    String BLANK = "(personal)";

    /**
     * Leaves the nodes of events about persons nothing of their own but what the projection writes, and what stands beside it:
     * every other text on them, and on edges of other kinds, is {@value #BLANK} afterwards, and anything else is gone.
     *
     * <p><b>Guarantees.</b> What the digests are made of is not touched. It may be repeated, also where a call broke off.
     *
     * @param subjects values of {@code data_subject_id}
     * @return how many nodes there are
     */
    long blank(Collection<String> subjects);
}
