// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.access.AccessKey;
import io.contextgraph.access.KeyStore;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Script;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Access keys in a hash that one role alone may write; their last uses in another. */
public final class RedisKeyStore implements KeyStore {
    private static final Script PUT = new Script("access-key.lua");

    private final Redis reading;
    private final Redis writing;
    private final Keys keys;

    /**
     * @param reading also remembers when keys were used
     * @param writing makes and changes keys
     */
    public RedisKeyStore(Redis reading, Redis writing, Keys keys) {
        this.reading = reading;
        this.writing = writing;
        this.keys = keys;
    }

    @Override
    public List<AccessKey> all() {
        return reading.call(client -> client.hgetAll(keys.accessKeys())).entrySet().stream()
                .map(entry -> KeyRecord.read(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(AccessKey::name))
                .toList();
    }

    @Override
    public Optional<AccessKey> find(String name) {
        return all().stream().filter(key -> key.name().equals(name)).findFirst();
    }

    @Override
    public boolean add(AccessKey key) {
        return put(key, "");
    }

    @Override
    public boolean replace(AccessKey was, AccessKey key) {
        return put(key, KeyRecord.write(was));
    }

    private boolean put(AccessKey key, String was) {
        return writing.write(
                        PUT,
                        EventCodec.arguments(keys.accessKeys()),
                        EventCodec.arguments(key.name(), was, KeyRecord.write(key)))
                .equals(1L);
    }

    @Override
    public Map<String, Instant> lastUses() {
        Map<String, Instant> uses = new HashMap<>();
        reading.call(client -> client.hgetAll(keys.accessUses()))
                .forEach((name, at) -> KeyRecord.time(at).ifPresent(time -> uses.put(name, time)));
        return uses;
    }

    @Override
    public void used(Map<String, Instant> at) {
        if (!at.isEmpty()) {
            Map<String, String> texts = at.entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, entry -> Times.format(entry.getValue())));
            long ignored = reading.call(client -> client.hset(keys.accessUses(), texts));
        }
    }
}
