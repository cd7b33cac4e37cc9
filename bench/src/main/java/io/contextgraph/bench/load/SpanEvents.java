// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whole traces of {@link SpanLines}, as an exporter sends them, and the events that must become of them: those that a ledger
 * in memory has after it has taken the same. Safe for threads.
 */
public final class SpanEvents {
    private final Map<Long, List<Event>> known = new ConcurrentHashMap<>();

    /** A trace as OTLP/protobuf. */
    public static byte[] request(long trace) {
        return SpanRequests.request(trace * Workload.TRACE_LENGTH, Workload.TRACE_LENGTH);
    }

    /** Its events with their payloads, in their order in the ledger. */
    public List<Event> events(long trace) {
        return known.computeIfAbsent(trace, SpanEvents::taken);
    }

    private static List<Event> taken(long trace) {
        InMemoryLedger ledger = new InMemoryLedger(Clock.systemUTC());
        SpanRequests.append(ledger, List.of(request(trace)));
        List<RecordedEvent> events = ledger.order().read(0, Integer.MAX_VALUE);
        Map<EventId, Payload> payloads = ledger.log()
                .payloads(events.stream().map(event -> event.event().id()).toList());
        return events.stream()
                .map(RecordedEvent::event)
                .map(event -> event.withPayload(Optional.ofNullable(payloads.get(event.id()))))
                .toList();
    }
}
