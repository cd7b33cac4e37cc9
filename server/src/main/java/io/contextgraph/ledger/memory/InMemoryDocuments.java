// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a ledger in memory has of events by their ids. Guarded by the ledger's lock. */
final class InMemoryDocuments {
    private final Map<EventId, RecordedEvent> byId = new HashMap<>();
    private final Map<EventId, Payload> payloads = new HashMap<>();
    private final Map<EventId, Original> originals = new HashMap<>();

    /** Takes an event with what it has beside its envelope. */
    void keep(RecordedEvent event) {
        EventId id = event.event().id();
        byId.put(id, event.withPayload(Optional.empty()).withOriginal(Optional.empty()));
        event.event().payload().ifPresent(payload -> payloads.put(id, payload));
        event.original().ifPresent(original -> originals.put(id, original));
    }

    /** Takes everything of an event away. */
    void forget(EventId id) {
        boolean ignored = byId.remove(id) != null;
        ignored = payloads.remove(id) != null;
        ignored = originals.remove(id) != null;
    }

    /** Takes the payload of an event away; whether there was one. */
    boolean forgetPayload(EventId id) {
        return payloads.remove(id) != null;
    }

    /** An event without what it has beside its envelope. */
    Optional<RecordedEvent> bare(EventId id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** An event with all that it has. */
    Optional<RecordedEvent> whole(EventId id) {
        return bare(id).map(event -> event.withPayload(Optional.ofNullable(payloads.get(id)))
                .withOriginal(Optional.ofNullable(originals.get(id))));
    }

    boolean hasPayload(EventId id) {
        return payloads.containsKey(id);
    }

    Map<EventId, Payload> payloads(Collection<EventId> ids) {
        return among(ids, payloads);
    }

    Map<EventId, Original> originals(Collection<EventId> ids) {
        return among(ids, originals);
    }

    private static <T> Map<EventId, T> among(Collection<EventId> ids, Map<EventId, T> all) {
        Map<EventId, T> found = new HashMap<>();
        for (EventId id : ids) {
            Optional.ofNullable(all.get(id)).ifPresent(value -> found.put(id, value));
        }
        return Map.copyOf(found);
    }

    long payloadCount() {
        return payloads.size();
    }
}
