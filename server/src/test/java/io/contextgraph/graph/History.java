// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Records events as a ledger would, numbering them as they come: the data of the kits. */
public final class History {
    /** When time begins. */
    public static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    private final List<RecordedEvent> events = new ArrayList<>();
    private final Map<SessionId, Long> counts = new HashMap<>();

    /** The id with this number: ids differ in their last digits only. */
    public static EventId id(long number) {
        return new EventId(new UUID(0x0000_0000_0000_4000L, 0x8000_0000_0000_0000L | number));
    }

    /** An event of {@code session} at {@code millis} after {@link #START}. */
    public RecordedEvent add(long number, String session, long millis) {
        return add(number, session, millis, event -> {});
    }

    /** The same with more fields set. */
    public RecordedEvent add(long number, String session, long millis, Consumer<Event.Builder> more) {
        Event.Builder builder = Event.builder(
                        id(number), new EventType("tool.execute"), START.plusMillis(millis), new SessionId(session))
                .payloadRef("ref:" + number)
                .agentId("agent");
        more.accept(builder);
        return add(builder.build());
    }

    /** This event, with the next number. */
    public RecordedEvent add(Event event) {
        long seq = events.size() + 1L;
        RecordedEvent recorded = new RecordedEvent(
                event,
                new Position(1_000 + seq / 3, seq % 3),
                seq,
                counts.merge(event.sessionId(), 1L, Long::sum),
                START.plusSeconds(3600).plusMillis(seq),
                EventJson.hash(event));
        events.add(recorded);
        return recorded;
    }

    /** All of them in ledger order. */
    public List<RecordedEvent> events() {
        return List.copyOf(events);
    }

    /**
     * A random history: few sessions with look-alike names, times that often coincide or run backwards, parents before
     * and after, in other sessions, missing, and in circles.
     */
    public static History random(RandomGenerator random, int size) {
        List<String> sessions = List.of("s", "s ", "S", "s:1", "{s}|*'\"\\", "s\uD83D\uDE00");
        History history = new History();
        for (int i = 1; i <= size; i++) {
            long parent = 1L + random.nextInt(size + 3);
            boolean orphan = parent == i || random.nextInt(3) == 0;
            history.add(i, sessions.get(random.nextInt(sessions.size())), random.nextInt(8) * 500L, event -> {
                event.agentId("agent " + random.nextInt(2)).parentId(orphan ? null : id(parent));
                if (random.nextBoolean()) {
                    event.toolName("agent " + random.nextInt(2))
                            .status(EventStatus.FAILED)
                            .endedAt(START.plusSeconds(100))
                            .importanceHint(1 + random.nextInt(10));
                }
            });
        }
        return history;
    }
}
