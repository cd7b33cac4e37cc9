// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventJson;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What events and their payloads are made of, held against their hashes. */
record Contents(Redis redis, Keys keys) {
    /** Of each event whether, with the payload that is stored, it has the content of its hash. */
    List<Boolean> genuine(List<RecordedEvent> events) {
        List<byte[]> names = events.stream()
                .map(event -> Keys.bytes(keys.payload(event.event().id())))
                .toList();
        List<byte[]> payloads = redis.call(client -> client.mget(names.toArray(byte[][]::new)));
        return IntStream.range(0, events.size())
                .mapToObj(i -> isGenuine(events.get(i), payloads.get(i)))
                .toList();
    }

    private static boolean isGenuine(RecordedEvent event, byte @Nullable [] stored) {
        try {
            Optional<Payload> payload = Optional.ofNullable(stored)
                    .map(bytes -> EventCodec.unpack(event.event().id(), bytes));
            return EventJson.hash(event.event().withPayload(payload)).equals(event.contentHash());
        } catch (LedgerException | IllegalArgumentException unreadable) {
            return false;
        }
    }
}
