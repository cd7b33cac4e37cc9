// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which summaries still have events beside them that are to be forgotten.
 *
 * <p><b>Errors.</b> {@link GraphException}.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface GraphTiers {
    /**
     * Summaries of which not everything is noted as forgotten that is to be, in the order of their last numbers.
     *
     * @param after the last one of the page before; empty to begin
     * @param max most of them, at least 1
     */
    List<Due> due(Forgetting forgetting, Optional<Due> after, int max);

    /**
     * Notes that what is to be forgotten of summaries is; one that is written again counts as new.
     *
     * @param forgetting as {@link #due} was asked
     */
    void forgotten(Collection<Due> summaries, Forgetting forgetting);

    /**
     * Says of those events that others still name, and that are stubs now, which segment has them and what sums them up.
     *
     * @param segments by event
     */
    void mark(SessionId session, Map<EventId, String> segments);

    /**
     * A summary.
     *
     * @param id its id
     * @param session its session
     * @param lastSeq the last number that it covers
     */
    record Due(String id, SessionId session, long lastSeq) {
        /** What may be forgotten of it: 0 nothing, 1 what is not important, 2 everything. */
        public int tier(Forgetting forgetting) {
            if (lastSeq <= forgetting.allThrough()) {
                return 2;
            }
            return lastSeq <= forgetting.plainThrough() ? 1 : 0;
        }
    }
}
