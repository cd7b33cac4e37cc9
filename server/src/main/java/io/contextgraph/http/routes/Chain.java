// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Lookup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The causes of an event, one behind the other, as the ledger has them.
 *
 * @param start the event asked about
 * @param ancestors nearest first
 * @param end why the chain stops
 * @param next the cause that the chain does not show, where there is one
 */
record Chain(EventId start, List<RecordedEvent> ancestors, End end, Optional<EventId> next) {
    static final int MAX_DEPTH = 100;

    /** Why a chain stops. */
    enum End {
        /** The last one has no cause. */
        ROOT("root"),
        /** The ledger does not have the next one: not yet, or not any more. */
        MISSING("missing"),
        /** The next one is in the chain already. */
        CYCLE("cycle"),
        /** As deep as was asked for. */
        MAX_DEPTH("max_depth");

        private final String wireName;

        End(String wireName) {
            this.wireName = wireName;
        }

        String wireName() {
            return wireName;
        }
    }

    Chain {
        ancestors = List.copyOf(ancestors);
    }

    static Chain of(RecordedEvent start, int maxDepth, Function<EventId, Lookup> find) {
        EventId startId = start.event().id();
        List<RecordedEvent> ancestors = new ArrayList<>();
        Set<EventId> seen = new HashSet<>(Set.of(startId));
        Optional<EventId> next = start.event().parentId();
        while (next.isPresent()) {
            if (!seen.add(next.get())) {
                return new Chain(startId, ancestors, End.CYCLE, next);
            }
            if (ancestors.size() == maxDepth) {
                return new Chain(startId, ancestors, End.MAX_DEPTH, next);
            }
            Optional<RecordedEvent> found = find.apply(next.get()).found();
            if (found.isEmpty()) {
                return new Chain(startId, ancestors, End.MISSING, next);
            }
            ancestors.add(found.get());
            next = found.get().event().parentId();
        }
        return new Chain(startId, ancestors, End.ROOT, Optional.empty());
    }

    /** Without payloads. */
    ObjectNode toJson(long queryMillis) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put(EventFields.EVENT_ID, start.toString());
        ArrayNode array = json.putArray("ancestors");
        for (RecordedEvent ancestor : ancestors) {
            ObjectNode event = EventJson.toJson(ancestor);
            event.remove(EventFields.PAYLOAD);
            array.add(event);
        }
        json.putObject("meta")
                .put("query_ms", queryMillis)
                .put("depth", ancestors.size())
                .put("end", end.wireName)
                .put("next_event_id", next.map(EventId::toString).orElse(null));
        return json;
    }
}
