// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;

/** Looks at who may do what in Redis. */
final class RedisAccessCheck implements Check {
    private final RedisLedger ledger;

    RedisAccessCheck(RedisLedger ledger) {
        this.ledger = ledger;
    }

    @Override
    public String name() {
        return "redis.access";
    }

    @Override
    public Concern unavailable() {
        return RedisFindings.UNAVAILABLE;
    }

    @Override
    public Checked look() {
        return new Checked(true, AccessFindings.of(ledger.access()));
    }
}
