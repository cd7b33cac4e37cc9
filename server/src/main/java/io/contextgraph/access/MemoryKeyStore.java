// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Keys in memory: the reference. */
public final class MemoryKeyStore implements KeyStore {
    private final Map<String, AccessKey> keys = new ConcurrentHashMap<>();
    private final Map<String, Instant> uses = new ConcurrentHashMap<>();

    @Override
    public List<AccessKey> all() {
        return keys.values().stream()
                .sorted(Comparator.comparing(AccessKey::name))
                .toList();
    }

    @Override
    public Optional<AccessKey> find(String name) {
        return Optional.ofNullable(keys.get(name));
    }

    @Override
    public boolean add(AccessKey key) {
        return keys.putIfAbsent(key.name(), key) == null;
    }

    @Override
    public boolean replace(AccessKey was, AccessKey key) {
        return keys.replace(was.name(), was, key);
    }

    @Override
    public Map<String, Instant> lastUses() {
        return Map.copyOf(uses);
    }

    @Override
    public void used(Map<String, Instant> at) {
        uses.putAll(at);
    }
}
