// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.SessionId;
import java.util.Collection;

/**
 * Takes out of the graph what does not belong there; what is missing comes through {@link GraphSink}.
 *
 * <p><b>Guarantees.</b> A call is one transaction, and repeating it is harmless. Those who write the same session
 * meanwhile take turns with it.
 *
 * <p><b>Errors.</b> {@link GraphException}; nothing of the call was done, or all of it where the connection broke during the commit.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface GraphRepair {
    /**
     * Takes away events without an id that an event can have. First of all: they stand in the place of others, which then
     * show as missing.
     *
     * @param max most at once
     * @return how many went; 0 when there are none left
     */
    int removeNameless(int max);

    /** Takes out of a session what does not belong there. */
    void remove(SessionId session, Removal removal);

    /**
     * Writes the {@linkplain Digest#key keys} of nodes that have none or a wrong one; those that are not there are left out.
     *
     * @param nodes ids of events, agents and tools
     */
    void writeKeys(Collection<String> nodes);

    /**
     * Takes away {@linkplain GraphAudit#strays strays}, or what is odd about them.
     *
     * @param max most of each kind
     * @return how many went; 0 when there are none left
     */
    int tidy(int max);
}
