// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.view;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How calls ended whose answer was recorded later, as an event of its own: type {@code tool.result}, caused by the
 * call, in its session. Of several the one that was recorded last counts. A call that says itself how it ended has no
 * such result.
 */
public final class CallResults {
    /** The type of an answer that is an event of its own. */
    public static final EventType RESULT = new EventType("tool.result");

    private static final EventType CALL = new EventType("tool.execute");
    private static final Set<EventStatus> OPEN = Set.of(EventStatus.PENDING, EventStatus.RUNNING);

    /** So many calls are looked up one by one: a page of a whole session costs more. */
    private static final int FEW = 4;

    private final Map<EventId, RecordedEvent> results = new HashMap<>();

    private CallResults() {}

    /** No results: each event alone, as it was recorded. */
    public static CallResults none() {
        return new CallResults();
    }

    /** The results among {@code events} of calls among them. */
    public static CallResults among(Collection<RecordedEvent> events) {
        CallResults found = new CallResults();
        Map<EventId, Event> calls = new HashMap<>();
        for (RecordedEvent recorded : events) {
            if (isOpen(recorded.event())) {
                calls.put(recorded.event().id(), recorded.event());
            }
        }
        for (RecordedEvent recorded : events) {
            Event event = recorded.event();
            Event call = event.parentId().map(calls::get).orElse(null);
            if (call != null && event.type().equals(RESULT) && event.sessionId().equals(call.sessionId())) {
                found.put(call.id(), recorded);
            }
        }
        return found;
    }

    /**
     * The results of calls among {@code events}; those that are not among them too are looked up.
     *
     * <p><b>Units and bounds.</b> Of up to {@value #FEW} open calls of a session one search each; of more, one search for
     * the last {@value EventQuery#MAX_LIMIT} results of the session, and one for each call that these do not answer if the
     * session has more.
     */
    public static CallResults of(Collection<RecordedEvent> events, EventSearch search) {
        CallResults found = among(events);
        Map<SessionId, Set<EventId>> open = new LinkedHashMap<>();
        for (RecordedEvent recorded : events) {
            Event call = recorded.event();
            if (isOpen(call) && !found.results.containsKey(call.id())) {
                open.computeIfAbsent(call.sessionId(), session -> new LinkedHashSet<>())
                        .add(call.id());
            }
        }
        open.forEach((session, calls) -> found.lookUp(session, calls, search));
        return found;
    }

    private void lookUp(SessionId session, Set<EventId> calls, EventSearch search) {
        if (calls.size() > FEW) {
            EventPage page =
                    search.search(resultsOf(session).limit(EventQuery.MAX_LIMIT).build());
            for (RecordedEvent result : page.events()) {
                result.event().parentId().filter(calls::contains).ifPresent(call -> put(call, result));
            }
            if (page.next().isEmpty()) {
                return;
            }
        }
        for (EventId call : calls) {
            if (!results.containsKey(call)) {
                search.search(resultsOf(session).parentId(call).limit(1).build())
                        .events()
                        .forEach(result -> put(call, result));
            }
        }
    }

    private static EventQuery.Builder resultsOf(SessionId session) {
        return EventQuery.builder()
                .sessionId(session)
                .type(new TypeFilter(RESULT.value()))
                .order(EventQuery.Order.POSITION_DESC);
    }

    private static boolean isOpen(Event event) {
        return event.type().equals(CALL)
                && event.status().filter(OPEN::contains).isPresent();
    }

    private void put(EventId call, RecordedEvent result) {
        RecordedEvent ignored =
                results.merge(call, result, (known, other) -> known.seq() > other.seq() ? known : other);
    }

    /** The result of a call; empty when it has none. */
    public Optional<RecordedEvent> of(EventId call) {
        return Optional.ofNullable(results.get(call));
    }

    /** All results. */
    public List<RecordedEvent> all() {
        return List.copyOf(results.values());
    }

    /** {@code call} with status and end of its result; any other event as it is. */
    public Event answered(Event call) {
        RecordedEvent result = results.get(call.id());
        if (result == null) {
            return call;
        }
        Event event = result.event();
        Instant end = event.endedAt().orElse(event.occurredAt());
        return call.ended(
                event.status().or(call::status), Optional.of(end).filter(e -> !e.isBefore(call.occurredAt())));
    }

    /** Whether {@code event} is the result of a call that is known here. */
    public boolean isResult(Event event) {
        return event.type().equals(RESULT)
                && event.parentId().filter(results::containsKey).isPresent();
    }
}
