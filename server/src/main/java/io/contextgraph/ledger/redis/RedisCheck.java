// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Looks at Redis and at the ledger in it. */
final class RedisCheck implements Check {
    private final RedisLedger ledger;
    private final DurabilityPromise promise;

    /** @param promise what appends are promised */
    RedisCheck(RedisLedger ledger, DurabilityPromise promise) {
        this.ledger = ledger;
        this.promise = promise;
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public Concern unavailable() {
        return RedisFindings.UNAVAILABLE;
    }

    @Override
    public Set<Concern> concerns() {
        return Set.of(
                RedisFindings.UNAVAILABLE,
                RedisFindings.SLOW,
                RedisFindings.READ_ONLY,
                RedisFindings.MEMORY_FULL,
                RedisFindings.APPENDS_REFUSED,
                RedisFindings.CORRUPT,
                RedisFindings.INDEX_INCOMPLETE,
                RedisFindings.MEMORY_HIGH,
                RedisFindings.EVICTS,
                PersistenceFindings.FAILING,
                DurabilityPromise.UNREACHABLE);
    }

    @Override
    public Checked look() {
        LedgerCheck redis = ledger.check();
        return new Checked(
                redis.reachable(), RedisFindings.of(redis, promise, redis.reachable() ? ledger.look() : List.of()));
    }

    @Override
    public Optional<Supplier<Checked>> pulse() {
        return Optional.of(() -> {
            ledger.ping();
            return new Checked(true, List.of(RedisFindings.slow()));
        });
    }

    @Override
    public List<Finding> examine() {
        LedgerCheck redis = ledger.check();
        return RedisFindings.of(redis, promise, redis.reachable() ? ledger.inspect() : List.of());
    }
}
