// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.summary;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What there is to say of the events of one session that one segment of the archive has.
 *
 * <p><b>Shape.</b> As a node: {@value #SUMMARY_ID}, {@code session_id}, {@value #SEGMENT}, {@code events}, {@code first_seq},
 * {@code last_seq}, {@code first_occurred_at}, {@code last_occurred_at}, {@code event_ids_sha256}; {@code first_text} and
 * {@code last_text} where there are; {@code types}, {@code tools}, {@code agents}, {@code statuses} and {@code failing} as JSON
 * texts, see {@link NameCounts} and {@link FailingChain}.
 *
 * @param session whose events
 * @param segment the archive's segment that has them
 * @param events how many
 * @param firstSeq the lowest of their numbers
 * @param lastSeq the highest
 * @param firstAt the earliest {@code occurred_at}
 * @param lastAt the latest
 * @param types how many of each {@code event_type}
 * @param tools of each {@code tool_name}
 * @param agents of each {@code agent_id}
 * @param statuses of each {@code status}
 * @param firstText what the first event says that says anything and is not about a person; its beginning
 * @param lastText what the last such event says
 * @param failing the first events that failed or ran out of time, in their order
 * @param idsDigest SHA-256 of their ids, in their order, each followed by a line feed
 */
public record Summary(
        SessionId session,
        String segment,
        long events,
        long firstSeq,
        long lastSeq,
        Instant firstAt,
        Instant lastAt,
        NameCounts types,
        NameCounts tools,
        NameCounts agents,
        NameCounts statuses,
        Optional<String> firstText,
        Optional<String> lastText,
        List<FailingChain> failing,
        String idsDigest) {
    /** Its id as a property. */
    public static final String SUMMARY_ID = "summary_id";

    /** The segment as a property. */
    public static final String SEGMENT = "segment";

    public Summary {
        failing = List.copyOf(failing);
    }

    /** {@code summary:<segment>:<session>}: the node's id. */
    public static String id(SessionId session, String segment) {
        return "summary:" + segment + ":" + session;
    }

    /** Its id. */
    public String id() {
        return id(session, segment);
    }

    /** Its node. */
    public Map<String, Object> properties() {
        Map<String, Object> node = new LinkedHashMap<>();
        node.put(SUMMARY_ID, id());
        node.put(EventFields.SESSION_ID, session.value());
        node.put(SEGMENT, segment);
        node.put("events", events);
        node.put("first_seq", firstSeq);
        node.put("last_seq", lastSeq);
        node.put("first_occurred_at", Times.format(firstAt));
        node.put("last_occurred_at", Times.format(lastAt));
        node.put("types", types.json().toString());
        node.put("tools", tools.json().toString());
        node.put("agents", agents.json().toString());
        node.put("statuses", statuses.json().toString());
        firstText.ifPresent(text -> node.put("first_text", text));
        lastText.ifPresent(text -> node.put("last_text", text));
        node.put("failing", FailingChain.json(failing).toString());
        node.put("event_ids_sha256", idsDigest);
        return node;
    }

    /**
     * The summary of a node.
     *
     * @throws IllegalArgumentException when a property is missing or is none that {@link #properties} writes
     */
    public static Summary read(Map<String, Object> node) {
        try {
            return new Summary(
                    new SessionId(text(node, EventFields.SESSION_ID)),
                    text(node, SEGMENT),
                    number(node, "events"),
                    number(node, "first_seq"),
                    number(node, "last_seq"),
                    Times.parse(text(node, "first_occurred_at")).orElseThrow(),
                    Times.parse(text(node, "last_occurred_at")).orElseThrow(),
                    NameCounts.read(text(node, "types")),
                    NameCounts.read(text(node, "tools")),
                    NameCounts.read(text(node, "agents")),
                    NameCounts.read(text(node, "statuses")),
                    optional(node, "first_text"),
                    optional(node, "last_text"),
                    FailingChain.read(text(node, "failing")),
                    text(node, "event_ids_sha256"));
        } catch (RuntimeException damaged) {
            throw new IllegalArgumentException("not a summary: " + node.get(SUMMARY_ID), damaged);
        }
    }

    private static String text(Map<String, Object> node, String name) {
        return optional(node, name).orElseThrow(() -> new IllegalArgumentException("needs " + name));
    }

    private static Optional<String> optional(Map<String, Object> node, String name) {
        return node.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static long number(Map<String, Object> node, String name) {
        if (node.get(name) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("needs " + name);
    }
}
