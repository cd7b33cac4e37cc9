// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.ports;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.ProblemException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.wire.ArchivedJson;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An event that a request names: it must be there. */
public final class KnownEvent {
    private static final String SUMMARY = "summary";

    private KnownEvent() {}

    /** What is known of an event that is gone. */
    public static Problem gone(HttpPorts ports, EventId id, Lookup.Gone gone) {
        Problem problem = Problem.of(ProblemCode.EVENT_GONE, told(gone) + ".")
                .with("event_id", id.toString())
                .with("gone_at", Times.format(gone.at()))
                .with("reason", gone.why())
                .with("archive", gone.where());
        return Optional.ofNullable(summaries(ports.graph(), List.of(id)).get(id))
                .map(summary -> problem.with(Summary.SUMMARY_ID, summary.id()).with(SUMMARY, ArchivedJson.of(summary)))
                .orElse(problem);
    }

    /** What sums the events up, where the graph tells; why an event is gone is told without it, too. */
    public static Map<EventId, Summary> summaries(GraphReader graph, List<EventId> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        try {
            return graph.summaries(ids);
        } catch (GraphException away) {
            return Map.of();
        }
    }

    /** The same in a sentence. */
    public static String told(Lookup.Gone gone) {
        return "The ledger had this event until " + Times.format(gone.at()) + ": " + gone.why();
    }

    /**
     * The event.
     *
     * @throws ProblemException 404 where the ledger has never had it, 410 where it is gone
     */
    public static RecordedEvent require(HttpPorts ports, EventId id) {
        return switch (ports.ledger().log().find(id)) {
            case Lookup.Found found -> found.event();
            case Lookup.Gone gone -> throw gone(ports, id, gone).raised();
            case Lookup.Unknown unknown ->
                throw Problem.of(ProblemCode.EVENT_NOT_FOUND, "The ledger has never had this event.")
                        .with("event_id", id.toString())
                        .raised();
        };
    }
}
