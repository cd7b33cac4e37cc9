// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.SessionSummary;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is left of a session of which events have been pruned.
 *
 * <p><b>Shape.</b> As JSON {@code {"left": {"first_session_seq", "last_session_seq"}, "summaries": [..]}}, see {@link
 * ArchivedJson}.
 *
 * @param first the first event that is there; empty where none is
 * @param last the last one
 * @param summaries what the graph says of those that are gone; empty where the graph does not answer
 */
public record SessionRemains(
        Optional<RecordedEvent> first, Optional<RecordedEvent> last, Optional<List<Summary>> summaries) {
    /** Most summaries. */
    public static final int MAX_SUMMARIES = 100;

    public static final String LEFT = "left";
    public static final String FIRST = "first_session_seq";
    public static final String LAST = "last_session_seq";
    public static final String SUMMARIES = "summaries";

    /**
     * Looks.
     *
     * @param summaries asks the graph
     * @return empty where nothing of the session is gone
     */
    public static Optional<SessionRemains> of(
            SessionSummary session, EventSearch search, Supplier<List<Summary>> summaries) {
        if (session.prunedCount() == 0) {
            return Optional.empty();
        }
        return Optional.of(new SessionRemains(
                end(session, search, EventQuery.Order.POSITION_ASC),
                end(session, search, EventQuery.Order.POSITION_DESC),
                told(summaries)));
    }

    private static Optional<List<Summary>> told(Supplier<List<Summary>> summaries) {
        try {
            return Optional.of(summaries.get());
        } catch (GraphException away) {
            return Optional.empty();
        }
    }

    private static Optional<RecordedEvent> end(SessionSummary session, EventSearch search, EventQuery.Order order) {
        EventQuery query = EventQuery.builder()
                .sessionId(session.id())
                .order(order)
                .limit(1)
                .build();
        return search.search(query).events().stream().findFirst();
    }

    /** Writes it. */
    public void tell(ObjectNode json) {
        json.putObject(LEFT)
                .put(FIRST, first.map(RecordedEvent::sessionSeq).orElse(null))
                .put(LAST, last.map(RecordedEvent::sessionSeq).orElse(null));
        summaries.ifPresent(all -> {
            ArrayNode array = json.putArray(SUMMARIES);
            all.forEach(summary -> array.add(ArchivedJson.of(summary)));
        });
    }
}
