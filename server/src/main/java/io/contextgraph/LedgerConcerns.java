// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph;

import io.contextgraph.ledger.redis.LedgerCheck;
import io.contextgraph.ops.Health.Concern;
import java.util.EnumSet;
import java.util.Set;

/** What the state of Redis means for the health of the product. Pure. */
final class LedgerConcerns {
    private LedgerConcerns() {}

    static Set<Concern> of(LedgerCheck redis, DurabilityPromise promise) {
        Set<Concern> concerns = EnumSet.noneOf(Concern.class);
        if (!redis.reachable()) {
            concerns.add(Concern.REDIS_UNAVAILABLE);
            return concerns;
        }
        if (!redis.role().equals("master") || redis.persistenceProblem().isPresent()) {
            concerns.add(Concern.REDIS_READ_ONLY);
        }
        if (!promise.canBeKept(redis)) {
            concerns.add(Concern.DURABILITY_UNREACHABLE);
        }
        if (!redis.maxMemoryPolicy().equals("noeviction")) {
            concerns.add(Concern.REDIS_EVICTS);
        }
        switch (redis.memory().level()) {
            case FULL -> concerns.add(Concern.MEMORY_FULL);
            case HIGH -> concerns.add(Concern.MEMORY_HIGH);
            case NORMAL -> {}
        }
        return concerns;
    }
}
