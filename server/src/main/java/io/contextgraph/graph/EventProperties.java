// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.ContentHash;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The properties of an event's node.
 *
 * <p><b>Shape.</b> Every field of the envelope and of the store that has a value, under its name on the wire: times as
 * text in UTC, numbers as {@code long}; {@code occurred_at_epoch_ms} and {@value #DECAY_RANK} besides; {@value #DIGEST}
 * over all of these, and {@value #KEY}. No payload.
 */
public final class EventProperties {
    /** {@link Decay#rank}. */
    public static final String DECAY_RANK = "decay_rank";

    /** {@link Digest#node} of all other properties but {@value #KEY}. */
    public static final String DIGEST = "digest";

    /** {@link Digest#key} of the node's id; stubs, agents and tools have it too. */
    public static final String KEY = "key";

    /** What readers leave on a node: no part of the projection, which neither compares nor touches it. */
    private static final Set<String> USAGE = Set.of("access_count", "last_accessed_at");

    private EventProperties() {}

    /** The properties that tell of a node's use. */
    public static Set<String> usage() {
        return USAGE;
    }

    /** Whether a property tells of the node's use, and not of its event. */
    public static boolean isUsage(String name) {
        return USAGE.contains(name);
    }

    /** The node of an event. */
    public static Map<String, Object> of(RecordedEvent recorded) {
        Map<String, Object> node = fields(recorded);
        node.put(DIGEST, Digest.node(node));
        node.put(KEY, Digest.key(recorded.event().id().toString()));
        return node;
    }

    /** The node of an event of which only the id is known. */
    public static Map<String, Object> stub(String id) {
        return Map.of(EventFields.EVENT_ID, id, KEY, Digest.key(id));
    }

    /** What stands in {@link #DIGEST}. */
    public static long digest(RecordedEvent recorded) {
        return Digest.node(fields(recorded));
    }

    private static Map<String, Object> fields(RecordedEvent recorded) {
        Event event = recorded.event();
        Map<String, Object> node = new LinkedHashMap<>();
        node.put(EventFields.EVENT_ID, event.id().toString());
        node.put(EventFields.EVENT_TYPE, event.type().value());
        node.put(EventFields.OCCURRED_AT, Times.format(event.occurredAt()));
        node.put(EventFields.OCCURRED_AT_EPOCH_MS, event.occurredAt().toEpochMilli());
        node.put(EventFields.SESSION_ID, event.sessionId().value());
        node.put(EventFields.AGENT_ID, event.agentId());
        node.put(EventFields.TRACE_ID, event.traceId());
        node.put(EventFields.PAYLOAD_REF, event.payloadRef());
        event.toolName().ifPresent(tool -> node.put(EventFields.TOOL_NAME, tool));
        event.parentId().ifPresent(parent -> node.put(EventFields.PARENT_EVENT_ID, parent.toString()));
        event.endedAt().ifPresent(end -> node.put(EventFields.ENDED_AT, Times.format(end)));
        event.status().ifPresent(status -> node.put(EventFields.STATUS, status.wireName()));
        node.put(EventFields.SCHEMA_VERSION, (long) event.schemaVersion());
        event.importanceHint().ifPresent(hint -> node.put(EventFields.IMPORTANCE_HINT, (long) hint));
        event.dataSubjectId().ifPresent(subject -> node.put(EventFields.DATA_SUBJECT_ID, subject));
        node.put(EventFields.GLOBAL_POSITION, recorded.position().toString());
        node.put(EventFields.SEQ, recorded.seq());
        node.put(EventFields.SESSION_SEQ, recorded.sessionSeq());
        node.put(EventFields.RECORDED_AT, Times.format(recorded.recordedAt()));
        node.put(EventFields.CONTENT_HASH, recorded.contentHash().hex());
        node.put(DECAY_RANK, Decay.rank(event));
        return node;
    }

    /**
     * The event of a node.
     *
     * @throws IllegalArgumentException when a property is missing or is none that {@link #of} writes
     */
    public static RecordedEvent read(Map<String, Object> node) {
        Event event = Event.builder(
                        EventId.of(text(node, EventFields.EVENT_ID)),
                        new EventType(text(node, EventFields.EVENT_TYPE)),
                        time(text(node, EventFields.OCCURRED_AT)),
                        new SessionId(text(node, EventFields.SESSION_ID)))
                .agentId(text(node, EventFields.AGENT_ID))
                .traceId(text(node, EventFields.TRACE_ID))
                .payloadRef(text(node, EventFields.PAYLOAD_REF))
                .toolName(optionalText(node, EventFields.TOOL_NAME).orElse(null))
                .parentId(optionalText(node, EventFields.PARENT_EVENT_ID)
                        .map(EventId::of)
                        .orElse(null))
                .endedAt(optionalText(node, EventFields.ENDED_AT)
                        .map(EventProperties::time)
                        .orElse(null))
                .status(optionalText(node, EventFields.STATUS)
                        .flatMap(EventStatus::parse)
                        .orElse(null))
                .schemaVersion(Math.toIntExact(number(node, EventFields.SCHEMA_VERSION)))
                .importanceHint(
                        node.containsKey(EventFields.IMPORTANCE_HINT)
                                ? (Integer) Math.toIntExact(number(node, EventFields.IMPORTANCE_HINT))
                                : null)
                .dataSubjectId(optionalText(node, EventFields.DATA_SUBJECT_ID).orElse(null))
                .build();
        return new RecordedEvent(
                event,
                Position.of(text(node, EventFields.GLOBAL_POSITION)),
                number(node, EventFields.SEQ),
                number(node, EventFields.SESSION_SEQ),
                time(text(node, EventFields.RECORDED_AT)),
                new ContentHash(text(node, EventFields.CONTENT_HASH)));
    }

    private static Instant time(String text) {
        return Times.parse(text).orElseThrow(() -> new IllegalArgumentException("not a time in the graph: " + text));
    }

    private static String text(Map<String, Object> node, String name) {
        return optionalText(node, name).orElseThrow(() -> missing(name, node.get(name)));
    }

    private static Optional<String> optionalText(Map<String, Object> node, String name) {
        return node.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static long number(Map<String, Object> node, String name) {
        if (node.get(name) instanceof Number number) {
            return number.longValue();
        }
        throw missing(name, node.get(name));
    }

    private static IllegalArgumentException missing(String name, @Nullable Object value) {
        return new IllegalArgumentException("an event node must have " + name + ", has " + value);
    }
}
