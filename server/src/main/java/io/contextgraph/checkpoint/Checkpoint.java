// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.checkpoint;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
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
 * @param identity which ledger it is
 * @param seq number of its newest event
 * @param position of that event
 * @param eventId of that event
 * @param at when it was looked at
 */
record Checkpoint(String place, LedgerIdentity identity, long seq, Position position, EventId eventId, Instant at) {
    /** Whether both are of the same ledger, wherever that is, as far as their ids tell. */
    boolean hasId(LedgerIdentity other) {
        return identity.id().isPresent() && identity.id().equals(other.id());
    }

    /** Whether it is of another ledger than this one, for certain. */
    boolean contradicts(LedgerIdentity other) {
        return identity.id().isPresent() && other.id().isPresent() && !hasId(other);
    }

    String toJson() {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("place", place);
        identity.id().ifPresent(id -> json.put("ledger_id", id));
        identity.epoch().ifPresent(epoch -> json.put("epoch", epoch));
        json.put("seq", seq)
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
                    new LedgerIdentity(
                            json.optional("ledger_id").map(JsonNode::stringValue),
                            json.optional("epoch").map(JsonNode::stringValue)),
                    json.required("seq").longValue(),
                    Position.of(json.required("global_position").stringValue()),
                    EventId.of(json.required("event_id").stringValue()),
                    Times.parse(json.required("at").stringValue()).orElseThrow()));
        } catch (JacksonException | IllegalArgumentException | NoSuchElementException other) {
            return Optional.empty();
        }
    }
}
