// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.ledger.redis.LedgerCheck;
import io.contextgraph.ledger.redis.LedgerFault;
import io.contextgraph.ops.Health.Concern;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What the state of Redis and of the ledger in it means for the health of the product. Pure. */
final class LedgerConcerns {
    private LedgerConcerns() {}

    static Set<Concern> of(LedgerCheck redis, DurabilityPromise promise, List<LedgerFault> faults) {
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
        faults.stream().filter(fault -> !fault.mended()).map(LedgerConcerns::of).forEach(concerns::add);
        return concerns;
    }

    private static Concern of(LedgerFault fault) {
        return switch (fault.kind()) {
            case APPEND ->
                switch (fault.reason()) {
                    case FULL -> Concern.MEMORY_FULL;
                    case READ_ONLY -> Concern.REDIS_READ_ONLY;
                    default -> Concern.APPENDS_REFUSED;
                };
            case INDEX -> Concern.INDEX_INCOMPLETE;
            case HEAD, NUMBERS, DOCUMENT, SESSION -> Concern.LEDGER_CORRUPT;
        };
    }
}
