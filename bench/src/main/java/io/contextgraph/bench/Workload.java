// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.SessionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Events as agents produce them, the same for every benchmark and every store: sessions of {@value #SESSION_LENGTH}
 * events, twenty agents, one trace for ten events, alternating model and tool calls, each caused by the one before.
 *
 * <p>The number of an event determines it wholly; a seed keeps runs on one store apart.
 */
final class Workload {
    static final int SESSION_LENGTH = 100;
    private static final int TRACE_LENGTH = 10;
    private static final int AGENTS = 20;
    private static final List<String> TOOLS =
            List.of("web_search", "read_file", "run_tests", "send_mail", "lookup_order");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final long seed;

    Workload(long seed) {
        this.seed = seed;
    }

    Event event(long number) {
        long session = number / SESSION_LENGTH;
        boolean tool = number % 2 == 1;
        Instant at = START.plusMillis(number * 7);
        Event.Builder builder = Event.builder(
                        id(number), new EventType(tool ? "tool.execute" : "llm.chat"), at, sessionId(session))
                .agentId(agentId(number))
                .traceId(traceId(number))
                .payloadRef("s3://agent-payloads/" + seed + "/" + number)
                .status(number % 50 == 49 ? EventStatus.FAILED : EventStatus.COMPLETED)
                .endedAt(at.plusMillis(40))
                .importanceHint((int) (number % 10) + 1);
        if (tool) {
            builder.toolName(TOOLS.get((int) (number / 2 % TOOLS.size())));
        }
        if (number % SESSION_LENGTH != 0) {
            builder.parentId(id(number - 1));
        }
        return builder.build();
    }

    List<Event> events(long first, int count) {
        List<Event> events = new ArrayList<>(count);
        for (long number = first; number < first + count; number++) {
            events.add(event(number));
        }
        return events;
    }

    SessionId sessionId(long session) {
        return new SessionId("session-" + seed + "-" + session);
    }

    String agentId(long number) {
        return "agent-" + number / SESSION_LENGTH % AGENTS;
    }

    String traceId(long number) {
        return "trace-%016x-%08x".formatted(seed, number / TRACE_LENGTH);
    }

    /** Looks random, as ids of producers do: an index must not profit from their order. */
    private EventId id(long number) {
        return new EventId(new UUID(mix(seed * 31 + number), mix(number ^ 0x5DEECE66DL) | 0x8000000000000000L));
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
