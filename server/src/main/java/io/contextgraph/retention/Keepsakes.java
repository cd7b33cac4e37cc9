// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentReader;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.summary.Summarizer;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.retention.LeasedWork.Between;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Writes into the graph what it keeps of the events of a segment: a summary of each session.
 *
 * <p><b>Guarantees.</b> It is a function of the segment: who does it again writes the same.
 *
 * <p><b>Units and bounds.</b> Holds the ids of a segment's events, and a summary for each of its sessions.
 *
 * @param said what an event says, as text for people; empty where it says nothing
 */
record Keepsakes(GraphSink graph, Function<Event, String> said) {
    /** Most events that one change covers, and that all changes of a call do together. */
    private static final int AT_ONCE = 1_000;

    /** What is known of a session. */
    private record Known(Summarizer summarizer, List<EventId> ids) {}

    /**
     * @param covers which of the segment's events are covered by the summaries
     * @throws io.contextgraph.graph.GraphException where the graph cannot be reached
     */
    void keep(Archive archive, Segment segment, Predicate<EventId> covers, Between between) {
        Map<SessionId, Known> sessions = new LinkedHashMap<>();
        try (SegmentReader events = archive.read(segment)) {
            for (Optional<RecordedEvent> next = events.next(); next.isPresent(); next = events.next()) {
                RecordedEvent event = next.get();
                Known known = sessions.computeIfAbsent(
                        event.event().sessionId(),
                        session ->
                                new Known(new Summarizer(session, segment.id().toString(), said), new ArrayList<>()));
                known.summarizer().add(event);
                if (covers.test(event.event().id())) {
                    known.ids().add(event.event().id());
                }
            }
        }
        List<GraphChange> changes = new ArrayList<>();
        int covered = 0;
        for (Known known : sessions.values()) {
            Summary summary = known.summarizer().summary();
            for (int from = 0; from < known.ids().size(); from += AT_ONCE) {
                List<EventId> some =
                        known.ids().subList(from, Math.min(known.ids().size(), from + AT_ONCE));
                changes.add(new GraphChange.Summarize(summary, some));
                covered += some.size();
                if (covered >= AT_ONCE) {
                    graph.apply(changes);
                    changes = new ArrayList<>();
                    covered = 0;
                    between.steps();
                }
            }
        }
        if (!changes.isEmpty()) {
            graph.apply(changes);
            between.steps();
        }
    }
}
