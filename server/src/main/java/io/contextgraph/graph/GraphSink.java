// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import java.util.List;

/**
 * Takes what the projection wants to be in the graph.
 *
 * <p><b>Guarantees.</b> A call is one transaction: all changes or none. The graph after any calls is a function of the
 * set of changes ever applied: not of their order, of how they were grouped, or of how often each came. An event that
 * comes with another number, because the ledger lost the first one, counts as it came last, together with what it
 * brings in the same call, and is archived no more; in another session of its partition it is left to {@link GraphRepair}. Where
 * two partitions have an event of the same id, the graph is a function of which came first as well: that one stays, and the
 * call with the other one is refused, until {@link GraphRepair} has taken the first one out. A {@link
 * GraphChange.Summarize} covers what is there when it comes, and a summary that comes otherwise counts as it came last.
 *
 * <p><b>Errors.</b> {@link GraphException}, {@link GraphException.Reason#DOUBLE_ID} among them; nothing of the call was applied, or all of it where the connection broke during the
 * commit: repeating it is safe either way.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface GraphSink {
    /** Creates constraints and indexes that are missing; harmless when all are there. */
    void prepare();

    /** Applies {@code changes} in one transaction. */
    void apply(List<GraphChange> changes);

    /**
     * Applies again what some event that is there once brought: shows whether the store refuses a change, or everything.
     *
     * @return false where no event is there yet
     * @throws GraphException when the store refuses what it took before
     */
    boolean takesAgain();
}
