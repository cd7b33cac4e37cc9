// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the directory knows of a session.
 *
 * @param id the session
 * @param firstSeq {@code seq} of the event that was recorded first; orders the directory
 * @param firstEventAt earliest {@code occurred_at}
 * @param lastEventAt latest {@code occurred_at}
 * @param lastEventId the event that was recorded last
 * @param eventCount how many events, the last {@code session_seq}
 * @param agents who acted in it, in the order of their names
 * @param status that of the event that was recorded last, if it had one
 */
public record SessionSummary(
        SessionId id,
        long firstSeq,
        Instant firstEventAt,
        Instant lastEventAt,
        EventId lastEventId,
        long eventCount,
        List<String> agents,
        Optional<EventStatus> status) {
    public SessionSummary {
        agents = List.copyOf(agents);
    }

    /** What is left of a session of which all events are gone. */
    public SessionSummary withoutAgents() {
        return new SessionSummary(id, firstSeq, firstEventAt, lastEventAt, lastEventId, eventCount, List.of(), status);
    }

    /** What is known once {@code next} has been recorded; {@code known} is null before the first event. */
    public static SessionSummary with(@Nullable SessionSummary known, RecordedEvent next) {
        Event event = next.event();
        Instant at = event.occurredAt();
        SortedSet<String> agents = new TreeSet<>(known == null ? List.of() : known.agents());
        agents.add(event.agentId());
        return new SessionSummary(
                event.sessionId(),
                known == null ? next.seq() : known.firstSeq(),
                known == null || at.isBefore(known.firstEventAt()) ? at : known.firstEventAt(),
                known == null || at.isAfter(known.lastEventAt()) ? at : known.lastEventAt(),
                event.id(),
                next.sessionSeq(),
                List.copyOf(agents),
                event.status());
    }
}
