// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.ContentHash;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Fault;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an exported event says beside what its producer sent: what a ledger had assigned to it.
 *
 * <p><b>Shape.</b> {@code global_position}, {@code seq}, {@code session_seq} and {@code recorded_at}, all or none, are
 * its original, with {@code ledger_id}, {@code partition} and {@code epoch} or without; an {@code original} of the same that
 * it brings comes first. {@code content_hash} and
 * {@code occurred_at_epoch_ms} must be true of the event.
 */
public final class Provenance {
    /** Of what comes from no ledger. */
    public static final Provenance NONE = new Provenance(Json.MAPPER.createObjectNode());

    private final List<Fault> faults = new ArrayList<>();
    private final Optional<Original> original;
    private final @Nullable JsonNode hash;
    private final @Nullable JsonNode occurredAt;

    private Provenance(ObjectNode event) {
        Optional<Original> ours = assigned(event);
        JsonNode earlier = value(event, EventFields.ORIGINAL);
        this.original = earlier == null ? ours : nested(earlier);
        this.hash = value(event, EventFields.CONTENT_HASH);
        this.occurredAt = value(event, EventFields.OCCURRED_AT_EPOCH_MS);
        event.remove(EventFields.OF_STORE);
    }

    /** Reads it out of an event; what is left there is what a producer would send. */
    public static Provenance takenFrom(ObjectNode event) {
        return new Provenance(event);
    }

    /** What the ledger that first recorded the event had assigned. */
    Optional<Original> original() {
        return original;
    }

    /** Everything that is wrong with it, by itself; and with what it says of {@code event}, where that is readable. */
    List<Fault> faults(Optional<Event> event) {
        List<Fault> all = new ArrayList<>(faults);
        event.ifPresent(read -> {
            if (hash != null && !isHashOf(read, hash)) {
                all.add(new Fault(
                        Fault.pointer(EventFields.CONTENT_HASH),
                        "altered",
                        "is not the hash of what stands here: the event was altered since it was exported, or its payload"
                                + " was left out"));
            }
            if (occurredAt != null
                    && !(occurredAt.isIntegralNumber()
                            && occurredAt
                                    .asString()
                                    .equals(Long.toString(read.occurredAt().toEpochMilli())))) {
                all.add(new Fault(
                        Fault.pointer(EventFields.OCCURRED_AT_EPOCH_MS),
                        "contradiction",
                        "is not the same time as occurred_at"));
            }
        });
        return all;
    }

    private static boolean isHashOf(Event event, JsonNode hash) {
        ContentHash actual = EventJson.hash(event);
        return hash.isString() && hash.stringValue().equals(actual.hex());
    }

    private Optional<Original> assigned(ObjectNode event) {
        boolean any = Stream.concat(EventFields.OF_ORIGINAL.stream(), EventFields.OF_LEDGER.stream())
                .anyMatch(name -> value(event, name) != null);
        return any ? original(event, "") : Optional.empty();
    }

    private Optional<Original> nested(JsonNode earlier) {
        String at = Fault.pointer(EventFields.ORIGINAL);
        if (!earlier.isObject()) {
            faults.add(new Fault(at, "type", "must be a JSON object"));
            return Optional.empty();
        }
        for (String name : earlier.propertyNames()) {
            if (!EventFields.OF_ORIGINAL.contains(name) && !EventFields.OF_LEDGER.contains(name)) {
                faults.add(new Fault(at + Fault.pointer(name), "unknown_field", "is not a field of an original"));
            }
        }
        return original(earlier, at);
    }

    private Optional<Original> original(JsonNode json, String at) {
        Optional<Position> position = text(json, at, EventFields.GLOBAL_POSITION)
                .flatMap(text ->
                        read(Position.parse(text), at, EventFields.GLOBAL_POSITION, "is not a position: " + text));
        Optional<Long> seq = number(json, at, EventFields.SEQ);
        Optional<Long> sessionSeq = number(json, at, EventFields.SESSION_SEQ);
        Optional<Instant> recordedAt = text(json, at, EventFields.RECORDED_AT)
                .flatMap(text -> read(
                        Times.parse(text), at, EventFields.RECORDED_AT, "must be RFC 3339 with an offset: " + text));
        if (position.isEmpty() || seq.isEmpty() || sessionSeq.isEmpty() || recordedAt.isEmpty()) {
            return Optional.empty();
        }
        Optional<Original.Source> source;
        try {
            source = EventJson.source(json);
        } catch (IllegalArgumentException half) {
            faults.add(new Fault(
                    at + Fault.pointer(EventFields.LEDGER_ID), "invalid_value", String.valueOf(half.getMessage())));
            return Optional.empty();
        }
        if (source.filter(ledger -> !ledger.has(position.get())).isPresent()) {
            faults.add(new Fault(
                    at + Fault.pointer(EventFields.GLOBAL_POSITION),
                    "contradiction",
                    "is not of partition " + source.get().partition() + ": " + position.get()));
            return Optional.empty();
        }
        try {
            return Optional.of(new Original(position.get(), seq.get(), sessionSeq.get(), recordedAt.get(), source));
        } catch (IllegalArgumentException outOfBounds) {
            faults.add(new Fault(
                    at.isEmpty() ? Fault.pointer(EventFields.SEQ) : at,
                    "out_of_range",
                    String.valueOf(outOfBounds.getMessage())));
            return Optional.empty();
        }
    }

    private <T> Optional<T> read(Optional<T> value, String at, String name, String otherwise) {
        if (value.isEmpty()) {
            faults.add(new Fault(at + Fault.pointer(name), "invalid_value", otherwise));
        }
        return value;
    }

    private Optional<String> text(JsonNode json, String at, String name) {
        return required(json, at, name, JsonNode::isString, "must be a string").map(JsonNode::stringValue);
    }

    private Optional<Long> number(JsonNode json, String at, String name) {
        return required(
                        json,
                        at,
                        name,
                        node -> node.isIntegralNumber() && node.canConvertToLong(),
                        "must be a whole number")
                .map(JsonNode::longValue);
    }

    private Optional<JsonNode> required(
            JsonNode json, String at, String name, Predicate<JsonNode> fits, String otherwise) {
        JsonNode node = value(json, name);
        if (node == null) {
            faults.add(new Fault(
                    at + Fault.pointer(name),
                    "required",
                    "is missing: what a ledger assigned comes whole (" + String.join(", ", EventFields.OF_ORIGINAL)
                            + ") or not at all"));
            return Optional.empty();
        }
        if (!fits.test(node)) {
            faults.add(new Fault(at + Fault.pointer(name), "type", otherwise));
            return Optional.empty();
        }
        return Optional.of(node);
    }

    /** JSON null means the same as absence. */
    private static @Nullable JsonNode value(JsonNode json, String name) {
        JsonNode node = json.get(name);
        return node == null || node.isNull() ? null : node;
    }
}
