// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.Projection;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.Parking;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tries parked entries again.
 *
 * <p><b>Guarantees.</b> What succeeds leaves the graph as if it had never failed, and is no longer parked; what fails stays
 * parked. Repeating it is harmless.
 *
 * <p><b>Errors.</b> {@link GraphException} and {@link io.contextgraph.ledger.LedgerException} when a store is away: the
 * entry stays parked.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public final class Redrive {
    /** What became of a try. */
    public enum Outcome {
        /** It is in the graph. */
        PROJECTED("projected"),
        /** The graph refuses it still. */
        REFUSED("refused"),
        /** The ledger holds no readable event at its position: there is nothing to try. */
        UNREADABLE("unreadable"),
        /** It is not parked (any more). */
        UNKNOWN("unknown");

        private final String wireName;

        Outcome(String wireName) {
            this.wireName = wireName;
        }

        /** Stable name for machines. */
        public String wireName() {
            return wireName;
        }
    }

    /**
     * What became of an entry.
     *
     * @param entry as it was parked; empty where it was not
     * @param reason why it failed; empty where it did not
     */
    public record Result(ParkedId id, Outcome outcome, Optional<ParkedEntry> entry, String reason) {
        /**
         * Reads what {@link #toJson} writes.
         *
         * @param parked entries as they were parked, by their ids
         */
        public static Result of(JsonNode json, Map<ParkedId, ParkedEntry> parked) {
            ParkedId id = ParkedId.parse(json.required("id").stringValue()).orElseThrow();
            String name = json.required("outcome").stringValue();
            Outcome outcome = Arrays.stream(Outcome.values())
                    .filter(one -> one.wireName.equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("unknown outcome: " + name));
            boolean found =
                    outcome != Outcome.UNKNOWN || json.required("event_id").isString();
            return new Result(
                    id,
                    outcome,
                    found ? Optional.ofNullable(parked.get(id)) : Optional.empty(),
                    json.required("reason").stringValue());
        }

        /** As clients see it; the event's id is null where the entry was not readable. */
        public ObjectNode toJson() {
            return Json.MAPPER
                    .createObjectNode()
                    .put("id", id.toString())
                    .put(
                            "event_id",
                            entry.flatMap(ParkedEntry::eventId)
                                    .map(EventId::toString)
                                    .orElse(null))
                    .put("outcome", outcome.wireName())
                    .put("reason", reason);
        }
    }

    private final Parking parking;
    private final GraphSink sink;

    public Redrive(Parking parking, GraphSink sink) {
        this.parking = parking;
        this.sink = sink;
    }

    /** Tries one entry again. */
    public Result redrive(ParkedId id) {
        return parking.find(id)
                .map(this::redrive)
                .orElseGet(() -> new Result(id, Outcome.UNKNOWN, Optional.empty(), "it is not parked"));
    }

    /** Tries one entry again. */
    public Result redrive(ParkedEntry entry) {
        Optional<RecordedEvent> event = entry.event();
        if (event.isEmpty()) {
            return result(entry, Outcome.UNREADABLE, "the ledger holds no readable event at its position");
        }
        try {
            sink.apply(Projection.project(event.get()));
        } catch (GraphException failure) {
            if (failure.reason().retryable()) {
                throw failure;
            }
            return result(entry, Outcome.REFUSED, String.valueOf(failure.getMessage()));
        }
        boolean ours = parking.release(entry.id());
        return ours
                ? result(entry, Outcome.PROJECTED, "")
                : result(entry, Outcome.UNKNOWN, "somebody else released or dropped it meanwhile");
    }

    private static Result result(ParkedEntry entry, Outcome outcome, String reason) {
        return new Result(entry.id(), outcome, Optional.of(entry), reason);
    }
}
