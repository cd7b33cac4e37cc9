// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.seal;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.Head;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How far a ledger was signed for.
 *
 * <p><b>Shape.</b> As text a JSON object.
 *
 * @param epoch of the ledger
 * @param last the last event that was
 * @param lastId of that event; empty where it had gone before
 * @param root over all of them, in base64
 * @param keys the ids of those that signed
 * @param at when
 */
public record Seal(long epoch, Head last, Optional<EventId> lastId, String root, List<String> keys, Instant at) {
    public Seal {
        keys = List.copyOf(keys);
    }

    /** As it is remembered. */
    public String text() {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("epoch", epoch)
                .put("seq", last.seq())
                .put("global_position", last.position().toString())
                .put("root", root)
                .put("at", Times.format(at));
        lastId.ifPresent(id -> json.put("event_id", id.toString()));
        keys.forEach(json.putArray("keys")::add);
        return json.toString();
    }

    /** Reads {@link #text}; empty for anything else. */
    public static Optional<Seal> parse(String text) {
        try {
            JsonNode json = Json.MAPPER.readTree(text);
            return Optional.of(new Seal(
                    json.required("epoch").longValue(),
                    new Head(
                            json.required("seq").longValue(),
                            Position.of(json.required("global_position").stringValue())),
                    json.optional("event_id").map(id -> EventId.of(id.stringValue())),
                    json.required("root").stringValue(),
                    json.required("keys")
                            .valueStream()
                            .map(JsonNode::stringValue)
                            .toList(),
                    Times.parse(json.required("at").stringValue()).orElseThrow()));
        } catch (JacksonException | IllegalArgumentException | NoSuchElementException other) {
            return Optional.empty();
        }
    }
}
