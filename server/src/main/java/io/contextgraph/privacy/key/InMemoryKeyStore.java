// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Wrapped keys in memory: the reference. */
public final class InMemoryKeyStore implements WrappedKeyStore {
    private final ConcurrentNavigableMap<KeyId, WrappedKey> keys = new ConcurrentSkipListMap<>();
    private final Ledger ledger = new Ledger();
    private final String id = UUID.randomUUID().toString();

    @Override
    public Optional<WrappedKey> find(KeyId id) {
        return Optional.ofNullable(keys.get(id));
    }

    @Override
    public WrappedKey create(KeyId id, WrappedKey key) {
        WrappedKey before = keys.putIfAbsent(id, key);
        return before == null ? key : before;
    }

    @Override
    public boolean replace(KeyId id, WrappedKey was, WrappedKey key) {
        return keys.replace(id, was, key);
    }

    @Override
    public void destroy(KeyId id) {
        WrappedKey ignored = keys.remove(id);
    }

    @Override
    public List<KeyId> list(Optional<KeyId> after, int limit) {
        return after.map(last -> keys.tailMap(last, false)).orElse(keys).keySet().stream()
                .limit(limit)
                .toList();
    }

    @Override
    public ErasureLedger erasures() {
        return ledger;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String describe() {
        return "memory";
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    private static final class Ledger implements ErasureLedger {
        private final ConcurrentNavigableMap<Pseudonym, Erasures> all = new ConcurrentSkipListMap<>();
        private final AtomicLong changes = new AtomicLong();

        @Override
        public Erasures find(Pseudonym pseudonym) {
            return all.getOrDefault(pseudonym, Erasures.none(pseudonym));
        }

        @Override
        public synchronized boolean add(Erasures was, Erasures.Step step) {
            if (!find(was.pseudonym()).equals(was)) {
                return false;
            }
            Erasures ignored = all.put(was.pseudonym(), was.with(step));
            changes.setRelease(changes.get() + 1);
            return true;
        }

        @Override
        public List<Erasures> list(Optional<Pseudonym> after, int limit) {
            return after.map(last -> all.tailMap(last, false)).orElse(all).values().stream()
                    .limit(limit)
                    .toList();
        }

        @Override
        public String revision() {
            return Long.toString(changes.get());
        }
    }
}
