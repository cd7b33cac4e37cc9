// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Events as agents produce them, the same for every benchmark and every store: sessions of {@value #SESSION_LENGTH}
 * events, twenty agents, one trace for ten events, alternating model and tool calls, each caused by the one before.
 *
 * <p>The number of an event determines it wholly. Every event has {@value #DOCUMENT_BYTES} bytes as the plainest
 * document that one would store of it: what its producer sends, and {@code occurred_at_epoch_ms} for the index.
 */
public final class Workload {
    public static final int DOCUMENT_BYTES = 395;
    public static final int SESSION_LENGTH = 100;
    static final int TRACE_LENGTH = 10;
    public static final int AGENTS = 20;

    /** From one event to the next. */
    static final int STEP_MILLIS = 7;

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    static final EventType CHAT = new EventType("llm.chat");
    public static final EventType TOOL = new EventType("tool.execute");

    private static final List<String> TOOLS =
            List.of("web_search", "read_file", "run_tests", "send_mail", "find_order");
    private static final String EPOCH_FIELD = ",\"occurred_at_epoch_ms\":1767225600000";
    private static final String REFERENCE = "s3://p/";
    private static final int FAILED_ONE_IN = 50;

    private Workload() {}

    /** The parts of an event that are more than a constant. */
    private record Parts(long number) {
        boolean tool() {
            return number % 2 == 1;
        }

        boolean firstOfSession() {
            return number % SESSION_LENGTH == 0;
        }

        String id() {
            return uuid(number).toString();
        }

        String parent() {
            return uuid(number - 1).toString();
        }

        Instant at() {
            return Workload.at(number);
        }

        EventStatus status() {
            return number % FAILED_ONE_IN == FAILED_ONE_IN - 1 ? EventStatus.FAILED : EventStatus.COMPLETED;
        }

        String toolName() {
            return TOOLS.get((int) (number / 2 % TOOLS.size()));
        }

        int importance() {
            return (int) (number / 2 % 9) + 1;
        }
    }

    public static Event event(long number) {
        Parts parts = new Parts(number);
        Event.Builder builder = Event.builder(
                        new EventId(uuid(number)), parts.tool() ? TOOL : CHAT, parts.at(), sessionOf(number))
                .agentId(agentOf(number))
                .traceId(traceOf(number))
                .payloadRef(reference(number))
                .status(parts.status());
        if (parts.tool()) {
            builder.toolName(parts.toolName());
        } else {
            builder.importanceHint(parts.importance());
        }
        if (!parts.firstOfSession()) {
            builder.parentId(new EventId(uuid(number - 1)));
        } else {
            builder.endedAt(parts.at());
        }
        return builder.build();
    }

    private static String reference(long number) {
        String json = json(number);
        int from = json.indexOf(REFERENCE);
        return json.substring(from, json.indexOf('"', from));
    }

    /** The same event as its producer sends it; written by hand, because the load generator must cost little. */
    static String json(long number) {
        Parts parts = new Parts(number);
        StringBuilder text = new StringBuilder(DOCUMENT_BYTES);
        text.append("{\"event_id\":\"").append(parts.id());
        text.append("\",\"event_type\":\"").append((parts.tool() ? TOOL : CHAT).value());
        text.append("\",\"occurred_at\":\"").append(Times.format(parts.at()));
        text.append("\",\"session_id\":\"").append(sessionOf(parts.number()).value());
        text.append("\",\"agent_id\":\"").append(agentOf(parts.number()));
        text.append("\",\"trace_id\":\"").append(traceOf(parts.number()));
        text.append("\",\"payload_ref\":\"").append(REFERENCE);
        int digits = text.length();
        text.append(number).append('"');
        if (parts.tool()) {
            text.append(",\"tool_name\":\"").append(parts.toolName()).append('"');
        }
        if (!parts.firstOfSession()) {
            text.append(",\"parent_event_id\":\"").append(parts.parent()).append('"');
        } else {
            text.append(",\"ended_at\":\"").append(Times.format(parts.at())).append('"');
        }
        text.append(",\"status\":\"").append(parts.status().wireName()).append("\",\"schema_version\":1");
        if (!parts.tool()) {
            text.append(",\"importance_hint\":").append(parts.importance());
        }
        text.append('}');
        // The reference is as long as the size of the document needs.
        int missing = DOCUMENT_BYTES - EPOCH_FIELD.length() - text.length();
        return text.insert(digits, "0".repeat(missing)).toString();
    }

    /** The same event as the plainest document that one would store and index. */
    static String document(long number) {
        String json = json(number);
        return json.substring(0, json.length() - 1) + ",\"occurred_at_epoch_ms\":"
                + at(number).toEpochMilli() + "}";
    }

    public static List<Event> events(long first, int count) {
        List<Event> events = new ArrayList<>(count);
        for (long number = first; number < first + count; number++) {
            events.add(event(number));
        }
        return events;
    }

    /** The body of a request that appends these events. */
    static String batch(LongStream numbers) {
        return numbers.mapToObj(Workload::json).collect(Collectors.joining(",", "{\"events\":[", "]}"));
    }

    /**
     * The number of the event whose turn it is when all agents work side by side: one event of each after the other,
     * where {@code number} after {@code number} would be session after session.
     */
    public static long abreast(long turn) {
        long within = turn % (AGENTS * SESSION_LENGTH);
        return turn - within + within % AGENTS * SESSION_LENGTH + within / AGENTS;
    }

    public static SessionId sessionOf(long number) {
        return new SessionId("sess-" + padded(number / SESSION_LENGTH, 7));
    }

    public static String agentOf(long number) {
        return "agent-" + padded(number / SESSION_LENGTH % AGENTS, 2);
    }

    public static String traceOf(long number) {
        return "trace-" + padded(number / TRACE_LENGTH, 8);
    }

    public static Instant at(long number) {
        return START.plusMillis(number * STEP_MILLIS);
    }

    private static String padded(long number, int width) {
        String text = Long.toString(number);
        return text.length() >= width ? text : "0".repeat(width - text.length()) + text;
    }

    /** Looks random, as ids of producers do: an index must not profit from their order. */
    private static UUID uuid(long number) {
        return new UUID(mix(number * 31 + 7), mix(number ^ 0x5DEECE66DL) | 0x8000000000000000L);
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** How the events are made, for the notes of a table. */
    public static String describe() {
        return "Events of %d bytes as a plain document, %d to a session, %d to a trace, %d agents."
                .formatted(DOCUMENT_BYTES, SESSION_LENGTH, TRACE_LENGTH, AGENTS);
    }
}
