// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.ContentHash;
import io.contextgraph.event.Envelope;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventField;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

    /** {@link Digest#node} of all other properties but {@value #KEY}, without the name of the partition. */
    public static final String DIGEST = "digest";

    /** {@link Digest#key} of the node's id; stubs, agents and tools have it too. */
    public static final String KEY = "key";

    /**
     * The segment of the archive that has the event: beside the projection, which neither compares nor touches it, and gone
     * when the event is taken out.
     */
    public static final String ARCHIVED = "archived";

    /** Of a stub of which the event was {@linkplain Forgetting forgotten}: the id of its summary; beside the projection. */
    public static final String FORGOTTEN = "summary_id";

    /** What readers leave on a node: no part of the projection, which neither compares nor touches it. */
    private static final Set<String> USAGE = Set.of("access_count", "last_accessed_at");

    private EventProperties() {}

    /** All properties that the node of an event can have: what the projection writes, and what stands beside it. */
    public static Set<String> names() {
        Set<String> names = new TreeSet<>(USAGE);
        for (EventField field : Envelope.FIELDS) {
            if (!(field instanceof EventField.Content)) {
                boolean ignored = names.add(field.name());
            }
        }
        names.addAll(List.of(EventFields.OCCURRED_AT_EPOCH_MS, EventFields.GLOBAL_POSITION, EventFields.SEQ));
        names.addAll(List.of(EventFields.SESSION_SEQ, EventFields.RECORDED_AT, EventFields.CONTENT_HASH));
        names.addAll(List.of(DECAY_RANK, DIGEST, KEY, ARCHIVED, FORGOTTEN));
        return names;
    }

    /** The properties that tell of a node's use. */
    public static Set<String> usage() {
        return USAGE;
    }

    /** Whether a property tells of the node's use, and not of its event. */
    public static boolean isUsage(String name) {
        return USAGE.contains(name);
    }

    /** Whether a property stands beside what the projection writes. */
    public static boolean isBeside(String name) {
        return isUsage(name) || name.equals(ARCHIVED) || name.equals(FORGOTTEN);
    }

    /** Which segment of the archive has the event of a node. */
    public static Optional<String> archived(Map<String, Object> node) {
        return optionalText(node, ARCHIVED);
    }

    /** The node of an event. */
    public static Map<String, Object> of(RecordedEvent recorded) {
        Map<String, Object> node = fields(recorded);
        node.put(DIGEST, Digest.node(node));
        node.put(EventFields.GLOBAL_POSITION, recorded.position().toString());
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

    /** As its partition has it by itself: whoever takes events out of one partition adds up the same as who compares all. */
    private static Map<String, Object> fields(RecordedEvent recorded) {
        Event event = recorded.event();
        Map<String, Object> node = new LinkedHashMap<>();
        for (EventField field : Envelope.FIELDS) {
            switch (field) {
                case EventField.Text<?> text -> text.in(event).ifPresent(value -> node.put(text.name(), value));
                case EventField.Time time -> time.in(event).ifPresent(at -> node.put(time.name(), Times.format(at)));
                case EventField.Whole whole ->
                    whole.in(event).ifPresent(number -> node.put(whole.name(), (long) number));
                case EventField.Content ignored -> {}
            }
        }
        node.put(EventFields.OCCURRED_AT_EPOCH_MS, event.occurredAt().toEpochMilli());
        node.put(
                EventFields.GLOBAL_POSITION,
                recorded.position().in(Position.WHOLE).toString());
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
        Event.Builder builder = Event.builder();
        for (EventField field : Envelope.FIELDS) {
            read(field, node, builder);
        }
        Event event = builder.build();
        return new RecordedEvent(
                event,
                Position.of(text(node, EventFields.GLOBAL_POSITION)),
                number(node, EventFields.SEQ),
                number(node, EventFields.SESSION_SEQ),
                time(text(node, EventFields.RECORDED_AT)),
                new ContentHash(text(node, EventFields.CONTENT_HASH)));
    }

    private static void read(EventField field, Map<String, Object> node, Event.Builder builder) {
        String name = field.name();
        if (field.required() && optionalText(node, name).isEmpty()) {
            throw missing(name, node.get(name));
        }
        switch (field) {
            // A status that there is not counts as none.
            case EventField.Text<?> text ->
                optionalText(node, name)
                        .filter(value -> !name.equals(EventFields.STATUS)
                                || EventStatus.parse(value).isPresent())
                        .ifPresent(value -> text.set(builder, value));
            case EventField.Time time -> optionalText(node, name).ifPresent(value -> time.set(builder, time(value)));
            case EventField.Whole whole -> {
                if (node.containsKey(name) || name.equals(EventFields.SCHEMA_VERSION)) {
                    whole.set(builder, Math.toIntExact(number(node, name)));
                }
            }
            case EventField.Content ignored -> {}
        }
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
