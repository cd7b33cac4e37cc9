// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.OperationStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Long work remembered for as long as the process lives. */
final class InMemoryOperations implements OperationStore {
    private final InstantSource clock;
    private final Map<String, String> records = new HashMap<>();
    private final Map<String, Lease> leases = new HashMap<>();

    InMemoryOperations(InstantSource clock) {
        this.clock = clock;
    }

    private record Lease(String id, Instant end) {}

    private @Nullable Lease lease(String lock) {
        Lease lease = leases.get(lock);
        return lease == null || clock.instant().isAfter(lease.end()) ? null : lease;
    }

    private boolean has(String lock, String id) {
        Lease lease = lease(lock);
        return lease != null && lease.id().equals(id);
    }

    @Override
    public synchronized boolean claim(String lock, String id, Duration lease) {
        if (lease(lock) != null) {
            return false;
        }
        leases.put(lock, new Lease(id, clock.instant().plus(lease)));
        return true;
    }

    @Override
    public synchronized boolean renew(String lock, String id, Duration lease) {
        if (!has(lock, id)) {
            return false;
        }
        leases.put(lock, new Lease(id, clock.instant().plus(lease)));
        return true;
    }

    @Override
    public synchronized void release(String lock, String id) {
        if (has(lock, id)) {
            leases.remove(lock);
        }
    }

    @Override
    public synchronized void end(String lock, String id, String record) {
        save(id, record);
        release(lock, id);
    }

    @Override
    public synchronized Optional<String> holder(String lock) {
        return Optional.ofNullable(lease(lock)).map(Lease::id);
    }

    @Override
    public synchronized void save(String id, String record) {
        records.put(id, record);
    }

    @Override
    public synchronized Optional<String> find(String id) {
        return Optional.ofNullable(records.get(id));
    }

    @Override
    public synchronized Map<String, String> all() {
        return Map.copyOf(records);
    }

    @Override
    public synchronized void forget(String id) {
        records.remove(id);
    }
}
