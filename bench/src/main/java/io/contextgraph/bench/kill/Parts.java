// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.kill.Findings.Kind;
import io.contextgraph.event.ContentHash;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventQuery.Order;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.partition.EventOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Looks at every part of the ledger that an event is written to, and holds each against the log: an event that is in
 * one and not in the other is half-written.
 *
 * @param order by number
 * @param log by id, and the payloads
 * @param search the documents through every index
 * @param stream the global stream, through a group of its own
 * @param sessions the directory
 * @param sessionStream the positions in the stream of a session
 */
record Parts(
        EventOrder order,
        EventLog log,
        EventSearch search,
        EventFeed stream,
        Sessions sessions,
        Function<SessionId, List<Position>> sessionStream) {
    private static final int CHUNK = 1000;

    /** Every event in ledger order, without payload. */
    List<RecordedEvent> all() {
        return order.read(0, Integer.MAX_VALUE);
    }

    void check(List<RecordedEvent> all, Findings findings) {
        Verdict.same(
                "the head of the ledger",
                List.of((long) all.size()),
                List.of(order.head().seq()),
                findings);
        Verdict.same("the global stream", all, stream(findings), findings);
        indexes(all, findings);
        directory(all, findings);
        wholes(all, findings);
    }

    private List<RecordedEvent> stream(Findings findings) {
        List<RecordedEvent> found = new ArrayList<>();
        try (EventFeed.Consumer consumer = stream.open("check")) {
            List<Delivery> deliveries = consumer.poll(CHUNK, Duration.ZERO);
            while (!deliveries.isEmpty()) {
                for (Delivery delivery : deliveries) {
                    switch (delivery) {
                        case Delivery.Arrived arrived -> found.add(arrived.event());
                        case Delivery.Unreadable unreadable ->
                            findings.add(Kind.HALF_WRITTEN, "the global stream: " + unreadable);
                    }
                }
                consumer.acknowledge(deliveries.stream().map(Delivery::position).toList());
                deliveries = consumer.poll(CHUNK, Duration.ZERO);
            }
        }
        return found;
    }

    private void indexes(List<RecordedEvent> all, Findings findings) {
        index("all events by time", EventQuery.builder().order(Order.TIME_DESC), all, findings);
        for (SessionId session : values(all, Event::sessionId)) {
            index("the index of session " + session, EventQuery.builder().sessionId(session), all, findings);
        }
        for (String agent : values(all, Event::agentId)) {
            index("the index of agent " + agent, EventQuery.builder().agentId(agent), all, findings);
        }
        for (String type : values(all, event -> event.type().value())) {
            index("the index of type " + type, EventQuery.builder().type(new TypeFilter(type)), all, findings);
        }
        for (String tool : values(all, event -> event.toolName().orElse(""))) {
            if (!tool.isEmpty()) {
                index("the index of tool " + tool, EventQuery.builder().toolName(tool), all, findings);
            }
        }
        for (EventStatus status : EventStatus.values()) {
            index("the index of status " + status, EventQuery.builder().status(status), all, findings);
        }
        // There are thousands of these: some must do.
        for (RecordedEvent some : every(Math.max(1, all.size() / 200), all)) {
            Event event = some.event();
            index(
                    "the index of trace " + event.traceId(),
                    EventQuery.builder().traceId(event.traceId()),
                    all,
                    findings);
            event.parentId()
                    .ifPresent(parent -> index(
                            "the index of parent " + parent,
                            EventQuery.builder().parentId(parent),
                            all,
                            findings));
        }
    }

    private static <T extends Comparable<T>> TreeSet<T> values(List<RecordedEvent> all, Function<Event, T> field) {
        TreeSet<T> values = new TreeSet<>();
        all.forEach(event -> values.add(field.apply(event.event())));
        return values;
    }

    private static List<RecordedEvent> every(int step, List<RecordedEvent> all) {
        List<RecordedEvent> some = new ArrayList<>();
        for (int i = 0; i < all.size(); i += step) {
            some.add(all.get(i));
        }
        return some;
    }

    private void index(String part, EventQuery.Builder builder, List<RecordedEvent> all, Findings findings) {
        EventQuery query = builder.limit(CHUNK).build();
        List<RecordedEvent> expected = all.stream()
                .filter(event -> query.matches(event.event()))
                .sorted(query.order().comparator())
                .toList();
        List<RecordedEvent> found = new ArrayList<>();
        EventPage page = search.search(query);
        found.addAll(page.events());
        while (page.next().isPresent()) {
            page = search.search(query.withCursor(page.next().get()));
            found.addAll(page.events());
        }
        Verdict.same(part, expected, found, findings);
    }

    private void directory(List<RecordedEvent> all, Findings findings) {
        Map<SessionId, List<RecordedEvent>> bySession = new LinkedHashMap<>();
        all.forEach(event -> bySession
                .computeIfAbsent(event.event().sessionId(), s -> new ArrayList<>())
                .add(event));
        bySession.forEach((session, events) -> {
            Verdict.same(
                    "the directory's entry of session " + session,
                    List.of(Optional.of(summary(session, events))),
                    List.of(sessions.find(session)),
                    findings);
            Verdict.same(
                    "the stream of session " + session,
                    events.stream().map(RecordedEvent::position).toList(),
                    sessionStream.apply(session),
                    findings);
        });
        List<SessionId> listed = new ArrayList<>();
        var page = sessions.list(Sessions.MAX_LIMIT, Optional.empty());
        page.items().forEach(item -> listed.add(item.id()));
        while (page.next().isPresent()) {
            page = sessions.list(Sessions.MAX_LIMIT, page.next());
            page.items().forEach(item -> listed.add(item.id()));
        }
        Verdict.same("the directory", List.copyOf(bySession.keySet()).reversed(), listed, findings);
    }

    private static SessionSummary summary(SessionId session, List<RecordedEvent> events) {
        Event last = events.getLast().event();
        List<Instant> times = events.stream()
                .map(event -> event.event().occurredAt())
                .sorted()
                .toList();
        return new SessionSummary(
                session,
                events.getFirst().seq(),
                times.getFirst(),
                times.getLast(),
                last.id(),
                events.size(),
                List.copyOf(values(events, Event::agentId)),
                last.status());
    }

    /** Each event by its id; its payload must be the one that its hash covers. */
    private void wholes(List<RecordedEvent> all, Findings findings) {
        for (int from = 0; from < all.size(); from += CHUNK) {
            List<RecordedEvent> chunk = all.subList(from, Math.min(all.size(), from + CHUNK));
            Map<EventId, Payload> payloads =
                    log.payloads(chunk.stream().map(event -> event.event().id()).toList());
            Map<EventId, ContentHash> hashes = new HashMap<>();
            for (RecordedEvent event : chunk) {
                EventId id = event.event().id();
                hashes.put(id, EventJson.hash(event.event().withPayload(Optional.ofNullable(payloads.get(id)))));
            }
            for (RecordedEvent event : chunk) {
                if (!Objects.equals(hashes.get(event.event().id()), event.contentHash())) {
                    findings.add(Kind.HALF_WRITTEN, Verdict.show(event) + ": its payload is not what its hash covers");
                }
            }
        }
        for (RecordedEvent event : every(Math.max(1, all.size() / 500), all)) {
            Optional<RecordedEvent> found = log.find(event.event().id()).found();
            Verdict.same(
                    "the document of " + event.event().id(),
                    List.of(event.position()),
                    found.map(RecordedEvent::position).stream().toList(),
                    findings);
        }
    }
}
