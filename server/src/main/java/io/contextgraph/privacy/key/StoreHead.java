// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a store of keys says of itself, in clear: which one it is, and its own key, wrapped.
 *
 * <p><b>Shape.</b> A line of JSON: {@code what}, {@code format}, {@code id}, {@code created_at}, {@code key}.
 *
 * @param id as {@link WrappedKeyStore#id} has it
 * @param created when
 * @param key the store's own
 */
public record StoreHead(String id, Instant created, WrappedKey key) {
    /** Name under which a store keeps it. */
    public static final String NAME = "store.json";

    private static final String LABEL = "Context Graph key store 1";

    /** Of a store that is being made, with the seal that its key makes. */
    public record Made(StoreHead head, StoreSeal seal) {}

    /** One of a new store, with a key of its own. */
    public static Made make(KeyWrapper wrapper) {
        String id = UUID.randomUUID().toString();
        byte[] key = RandomKey.bytes();
        WrappedKey wrapped = wrapper.wrap(key, belonging(id));
        return new Made(new StoreHead(id, Instant.now(), wrapped), new StoreSeal(id, SealingKey.consume(key)));
    }

    private static byte[] belonging(String id) {
        return AssociatedData.of(LABEL, id);
    }

    /** Reads it; empty for what was cut or is something else. */
    public static Optional<StoreHead> parse(byte[] text) {
        try {
            JsonNode json = Json.MAPPER.readTree(new String(text, StandardCharsets.UTF_8));
            return Optional.of(new StoreHead(
                    json.required("id").stringValue(),
                    Times.parse(json.required("created_at").stringValue()).orElseThrow(),
                    KeyStoreJson.readKey(json.required("key")).orElseThrow()));
        } catch (JacksonException | IllegalArgumentException | NoSuchElementException other) {
            return Optional.empty();
        }
    }

    /** As it is kept. */
    public byte[] text() {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("what", "a store of keys of Context Graph")
                .put("format", 1)
                .put("id", id)
                .put("created_at", Times.format(created));
        json.set("key", KeyStoreJson.write(key));
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** What the store's own key seals and opens. */
    public StoreSeal seal(KeyWrapper wrapper) {
        return new StoreSeal(id, SealingKey.consume(wrapper.unwrap(key, belonging(id))));
    }

    /** The same, with its key wrapped by the newest version; equal to this where it already is. */
    public StoreHead rewrapped(KeyWrapper wrapper) {
        return new StoreHead(id, created, wrapper.rewrap(key, belonging(id)));
    }
}
