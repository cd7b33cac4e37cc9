// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.checkpoint;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.LedgerIdentity;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How far a ledger reached when somebody looked.
 *
 * @param place where the ledger is: address and prefix
 * @param id of the ledger; empty where nobody said
 * @param epoch of the ledger; 0 where nobody said
 * @param seq number of its newest event
 * @param position of that event
 * @param eventId of that event
 * @param at when it was looked at
 */
record Checkpoint(
        String place, Optional<String> id, long epoch, long seq, Position position, EventId eventId, Instant at) {
    /** The end of a ledger. */
    static Checkpoint of(String place, LedgerIdentity identity, RecordedEvent newest, Instant at) {
        return new Checkpoint(
                place,
                identity.id(),
                identity.epoch(),
                newest.seq(),
                newest.position(),
                newest.event().id(),
                at);
    }

    /** Whether it is this end of this ledger. */
    boolean isOf(String otherPlace, LedgerIdentity identity, long newest) {
        return seq == newest && place.equals(otherPlace) && id.equals(identity.id()) && epoch == identity.epoch();
    }

    /** Whether both are of the same ledger, wherever that is, as far as their ids tell. */
    boolean hasId(LedgerIdentity other) {
        return id.isPresent() && id.equals(other.id());
    }

    /** Whether it is of another ledger than this one, for certain. */
    boolean contradicts(LedgerIdentity other) {
        return id.isPresent() && other.id().isPresent() && !hasId(other);
    }

    String toJson() {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("place", place);
        id.ifPresent(known -> json.put("ledger_id", known));
        json.put("epoch", epoch)
                .put("seq", seq)
                .put("global_position", position.toString())
                .put("event_id", eventId.toString())
                .put("at", Times.format(at));
        return json + "\n";
    }

    /** Reads it back; empty for anything else. */
    static Optional<Checkpoint> parse(String text) {
        try {
            JsonNode json = Json.MAPPER.readTree(text);
            return Optional.of(new Checkpoint(
                    json.required("place").stringValue(),
                    json.optional("ledger_id").map(JsonNode::stringValue),
                    json.required("epoch").longValue(),
                    json.required("seq").longValue(),
                    Position.of(json.required("global_position").stringValue()),
                    EventId.of(json.required("event_id").stringValue()),
                    Times.parse(json.required("at").stringValue()).orElseThrow()));
        } catch (JacksonException | IllegalArgumentException | NoSuchElementException other) {
            return Optional.empty();
        }
    }
}
