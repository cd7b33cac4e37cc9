// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Payload;
import io.contextgraph.event.SessionId;
import io.contextgraph.testing.Events;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * The events of a deployment: a session that never rests, one that sleeps for weeks, some that come and go for good, some
 * with odd names that come back now and then.
 */
final class DayEvents {
    private static final int VISITS = 3;
    private static final int OTHERS = 6;

    private final Random random;
    private final long seed;
    private long last;

    DayEvents(Random random, long seed) {
        this.random = random;
        this.seed = seed;
    }

    private EventId id(long number) {
        return new EventId(new UUID(seed << 16 | 0x4000L, 0x8000_0000_0000_0000L | number));
    }

    /**
     * Those of a turn.
     *
     * @param woken whether the sleeper wakes
     * @param awake whether it has not gone to sleep yet
     */
    List<Event> ofTurn(int turn, boolean woken, boolean awake, Instant now) {
        List<String> sessions = new ArrayList<>(List.of("never rests", "never rests"));
        if (woken || awake) {
            sessions.add("sleeper");
        }
        for (int i = 0; i < VISITS; i++) {
            sessions.add("visit " + turn + " " + random.nextInt(2));
        }
        for (int i = 0; i < OTHERS; i++) {
            sessions.add(
                    i % 2 == 0
                            ? "other " + random.nextInt(20)
                            : Events.HOSTILE_NAMES.get(random.nextInt(Events.HOSTILE_NAMES.size())));
        }
        return sessions.stream().map(session -> event(session, now)).toList();
    }

    private Event event(String session, Instant now) {
        long number = ++last;
        Event.Builder event = Event.builder(
                        id(number),
                        new EventType("tool.execute"),
                        now.minusMillis(random.nextInt(100_000)),
                        new SessionId(session))
                .agentId("agent " + random.nextInt(3))
                .traceId("trace " + random.nextInt(9))
                .payloadRef("ref " + number);
        if (number > 10 && random.nextInt(3) == 0) {
            event.parentId(id(number - 1 - random.nextInt(9)));
        }
        if (random.nextBoolean()) {
            event.toolName("tool " + random.nextInt(3)).importanceHint(1 + random.nextInt(10));
        }
        if (random.nextInt(4) == 0) {
            event.payload(new Payload("{\"n\":" + number + "}")).status(EventStatus.COMPLETED);
        }
        return event.build();
    }

    /** So many with payloads that cannot be compressed to less. */
    List<Event> large(int count, int bytes, Instant now) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] content = new byte[bytes];
            random.nextBytes(content);
            long number = ++last;
            events.add(Event.builder(
                            id(number), new EventType("tool.execute"), now, new SessionId("large " + random.nextInt(3)))
                    .agentId("agent 1")
                    .traceId("trace 1")
                    .payloadRef("ref " + number)
                    .payload(new Payload("{\"x\":\"" + Base64.getEncoder().encodeToString(content) + "\"}"))
                    .build());
        }
        return events;
    }
}
